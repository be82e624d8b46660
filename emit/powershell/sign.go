package powershell

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const (
	beginSignature = "# SIG # Begin signature block"
	endSignature   = "# SIG # End signature block"
)

// Unsigned returns the text before the Authenticode signature block of a script, and
// whether there is one. A block that is malformed, or is not the end of the file, is
// an error: PowerShell refuses to parse such a file, while some tools that verify
// signatures overlook text after the block.
func Unsigned(script []byte) (approved []byte, signed bool, err error) {
	// Set-AuthenticodeSignature and osslsigncode put a line end of their own before the block; the approved text
	// ends in one already, so that all before this one is the text.
	mark := []byte("\r\n" + beginSignature + "\r\n")
	at := bytes.Index(script, mark)
	if at < 0 {
		return script, false, nil
	}
	lines := strings.Split(string(script[at+len(mark):]), "\r\n")
	// The first mark, not the last: what follows it has to be one block up to the end, so a second one is refused.
	if len(lines) < 3 || lines[len(lines)-1] != "" || lines[len(lines)-2] != endSignature {
		return nil, true, errors.New("there is text after the signature block, or the block has no end")
	}
	var encoded strings.Builder
	for i, line := range lines[:len(lines)-2] {
		data, ok := strings.CutPrefix(line, "# ")
		if !ok || strings.ContainsAny(data, "\r\n") { // the decoder overlooks line ends, PowerShell does not
			return nil, true, fmt.Errorf("line %d of the signature block is not part of a signature", i+1)
		}
		encoded.WriteString(data)
	}
	if _, err := base64.StdEncoding.DecodeString(encoded.String()); err != nil {
		return nil, true, fmt.Errorf("the signature block is damaged: %w", err)
	}
	return script[:at], true, nil
}
