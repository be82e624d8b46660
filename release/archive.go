package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// file is one of an archive.
type file struct {
	name string
	mode fs.FileMode
	data []byte
}

// made is the time of every file of an archive, so that it is the same whenever it is
// made: the first time that a zip archive can hold.
var made = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func sumOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// tarball packs files, below a folder, as .tar.gz.
func tarball(folder string, files []file) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, f := range files {
		// No owner is set: that of the machine would be other bytes elsewhere.
		head := &tar.Header{
			Name: folder + "/" + f.name, Mode: int64(f.mode), Size: int64(len(f.data)),
			ModTime: made, Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	// In this order: closing w writes the end of the archive into z.
	err := errors.Join(w.Close(), z.Close())
	return out.Bytes(), err
}

// zipped packs files, below a folder, as .zip.
func zipped(folder string, files []file) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		head := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: made}
		head.SetMode(f.mode)
		part, err := w.CreateHeader(head)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
