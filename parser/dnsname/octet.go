package dnsname

import (
	"errors"
	"fmt"
)

var errDangling = errors.New("a name ends in a backslash")

// Octet reads the first character of a name as it is written in zone files, which is name[:n]: itself, or where it is
// escaped the octet that \X or \DDD stands for (RFC 1035, 5.1). The name must not be empty. An error says what is wrong
// with the escape.
func Octet(name []byte) (c byte, n int, escaped bool, err error) {
	if name[0] != '\\' {
		return name[0], 1, false, nil
	}
	if len(name) < 2 {
		return 0, 0, true, errDangling
	}
	// \X is the character X unless that is a digit.
	if !isDigit(name[1]) {
		return name[1], 2, true, nil
	}
	if len(name) < 4 || !isDigit(name[2]) || !isDigit(name[3]) {
		return 0, 0, true, fmt.Errorf("the escape %q needs three digits", name[:min(len(name), 4)])
	}
	v := int(name[1]-'0')*100 + int(name[2]-'0')*10 + int(name[3]-'0')
	if v > 255 {
		return 0, 0, true, fmt.Errorf("the escape %q is over 255", name[:4])
	}
	return byte(v), 4, true, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
