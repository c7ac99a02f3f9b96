// Checks an exported ledger with Go's own transparency log code (golang.org/x/mod/sumdb), written by others.
// Usage: oracle FOLDER [ENTRY PROOF]... ; prints one line and exits 0 only when everything holds.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = s[at]
	}
	return out, nil
}

func must(err error, what string) {
	if err != nil {
		fmt.Println("FAIL", what, err)
		os.Exit(1)
	}
}

func head(text []byte, verifiers note.Verifiers, what string) (int64, tlog.Hash) {
	opened, err := note.Open(text, verifiers)
	must(err, what)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, what)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must(err, what)
	var root tlog.Hash
	copy(root[:], raw)
	return size, root
}

func numbered(n int64, width int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	if width < 256 {
		text += fmt.Sprintf(".p/%d", width)
	}
	return text
}

func main() {
	folder := os.Args[1]
	key, err := os.ReadFile(filepath.Join(folder, "log.vkey"))
	must(err, "log.vkey")
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	must(err, "log.vkey")
	verifiers := note.VerifierList(verifier)
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err, "checkpoint")
	size, root := head(text, verifiers, "checkpoint")

	var hashes store
	for n := int64(0); n < size; {
		width := size - n
		if width > 256 {
			width = 256
		}
		data, err := os.ReadFile(filepath.Join(folder, "tile/entries", numbered(n/256, width)))
		must(err, "bundle")
		for end := n + width; n < end; n++ {
			length := int(binary.BigEndian.Uint16(data))
			more, err := tlog.StoredHashes(n, data[2:2+length], hashes)
			must(err, "entry")
			hashes = append(hashes, more...)
			data = data[2+length:]
		}
	}
	computed, err := tlog.TreeHash(size, hashes)
	must(err, "tree")
	if computed != root {
		must(fmt.Errorf("%v is not %v", computed, root), "root")
	}

	tiles := 0
	for level, span := 0, size; span > 0; level, span = level+1, span/256 {
		for n := int64(0); n*256 < span; n++ {
			width := span - n*256
			if width > 256 {
				width = 256
			}
			wanted, err := tlog.ReadTileData(tlog.Tile{H: 8, L: level, N: n, W: int(width)}, hashes)
			must(err, "tile")
			found, err := os.ReadFile(filepath.Join(folder, "tile", strconv.Itoa(level), numbered(n, width)))
			must(err, "tile")
			if !bytes.Equal(wanted, found) {
				must(fmt.Errorf("%d/%d", level, n), "tile differs")
			}
			tiles++
		}
	}

	history, err := os.Open(filepath.Join(folder, "checkpoints.jsonl"))
	must(err, "checkpoints.jsonl")
	lines, heads := bufio.NewScanner(history), 0
	for lines.Scan() {
		var record struct{ Note string }
		must(json.Unmarshal(lines.Bytes(), &record), "checkpoints.jsonl")
		oldSize, oldRoot := head([]byte(record.Note), verifiers, "checkpoints.jsonl")
		proof, err := tlog.ProveTree(size, oldSize, hashes)
		must(err, "consistency")
		must(tlog.CheckTree(proof, size, root, oldSize, oldRoot), "consistency")
		heads++
	}

	proofs := 0
	for rest := os.Args[2:]; len(rest) >= 2; rest = rest[2:] {
		entry, err := os.ReadFile(rest[0])
		must(err, "entry")
		proof, err := os.ReadFile(rest[1])
		must(err, "proof")
		parts := strings.SplitN(string(proof), "\n\n", 2)
		rows := strings.Split(parts[0], "\n")
		index, err := strconv.ParseInt(strings.TrimPrefix(rows[1], "index "), 10, 64)
		must(err, "proof")
		var path tlog.RecordProof
		for _, row := range rows[2:] {
			hash, err := tlog.ParseHash(row)
			must(err, "proof")
			path = append(path, hash)
		}
		proofSize, proofRoot := head([]byte(parts[1]), verifiers, "proof")
		must(tlog.CheckRecord(path, proofSize, proofRoot, index, tlog.RecordHash(entry)), "proof")
		proofs++
	}
	fmt.Println("OK", size, "entries", tiles, "tiles", heads, "checkpoints", proofs, "proofs")
}
