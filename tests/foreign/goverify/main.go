// Checks published logs with the reference packages golang.org/x/mod/sumdb/note and tlog.
//
// Standard input holds a JSON list of requests, standard output gets a list of answers.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type request struct {
	Log    string   `json:"log"`    // the folder of the log
	Vkey   string   `json:"vkey"`   // the key its checkpoints must be signed with
	Leaves []int64  `json:"leaves"` // places whose inclusion is to be checked
	Older  []string `json:"older"`  // signed checkpoints that the tree must extend
}

type answer struct {
	Refused string `json:"refused"`
	Size    int64  `json:"size"`
	Root    string `json:"root"`
	Checked int    `json:"checked"`
}

func main() {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		panic(err)
	}
	answers := make([]answer, len(requests))
	for i, asked := range requests {
		if err := check(asked, &answers[i]); err != nil {
			answers[i].Refused = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func check(asked request, told *answer) error {
	text, err := os.ReadFile(filepath.Join(asked.Log, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := open(text, asked.Vkey)
	if err != nil {
		return err
	}
	told.Size, told.Root = tree.N, tree.Hash.String()
	if tree.N == 0 {
		return empty(tree)
	}
	if err := rebuild(asked.Log, tree, told); err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, folder(asked.Log))
	for _, leaf := range asked.Leaves {
		if err := included(asked.Log, tree, reader, leaf); err != nil {
			return fmt.Errorf("leaf %d: %w", leaf, err)
		}
		told.Checked++
	}
	for _, older := range asked.Older {
		if err := extends(older, asked.Vkey, tree, reader); err != nil {
			return err
		}
		told.Checked++
	}
	return nil
}

// open verifies a note and reads its tree: the package's own parser knows one origin only.
func open(text []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	body := strings.TrimPrefix(opened.Text, verifier.Name()+"\n")
	if body == opened.Text {
		return tlog.Tree{}, errors.New("checkpoint of another origin")
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + body))
}

func empty(tree tlog.Tree) error {
	if tree.Hash != sha256.Sum256(nil) {
		return errors.New("an empty tree has another root")
	}
	return nil
}

// rebuild grows the tree from the entries alone, and compares its root and every tile.
func rebuild(log string, tree tlog.Tree, told *answer) error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n := int64(0); n < tree.N; {
		entries, err := bundle(log, n>>height, tree.N)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			hashes, err := tlog.StoredHashes(n, entry, reader)
			if err != nil {
				return err
			}
			stored = append(stored, hashes...)
			n++
		}
	}
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		return fmt.Errorf("entries: they do not give the signed root (%v)", err)
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if tile.W < 1<<height && int64(tile.W) != tree.N>>(height*tile.L)&(1<<height-1) {
			continue // the package lists the narrower tiles of smaller trees too
		}
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return err
		}
		if found, err := os.ReadFile(file(log, tile)); err != nil || !bytes.Equal(found, want) {
			return fmt.Errorf("%s: it is not what the entries give (%v)", tile.Path(), err)
		}
		told.Checked++
	}
	return nil
}

// bundle reads the entries over the level-0 tile of that number.
func bundle(log string, number, size int64) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: number, W: 1 << height}
	if left := size - number<<height; left < 1<<height {
		tile.W = int(left)
	}
	data, err := os.ReadFile(file(log, tile))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			break
		}
		entries, data = append(entries, data[2:2+length]), data[2+length:]
	}
	if len(data) != 0 || len(entries) != tile.W {
		return nil, fmt.Errorf("%s: %d entries, %d bytes left over", tile.Path(), len(entries), len(data))
	}
	return entries, nil
}

func included(log string, tree tlog.Tree, reader tlog.HashReader, leaf int64) error {
	entries, err := bundle(log, leaf>>height, tree.N)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, leaf, reader)
	if err != nil {
		return err
	}
	hash := tlog.RecordHash(entries[leaf&(1<<height-1)])
	return tlog.CheckRecord(proof, tree.N, tree.Hash, leaf, hash)
}

func extends(older, vkey string, tree tlog.Tree, reader tlog.HashReader) error {
	before, err := open([]byte(older), vkey)
	if err != nil {
		return err
	}
	if before.N == 0 {
		return empty(before)
	}
	proof, err := tlog.ProveTree(tree.N, before.N, reader)
	if err != nil {
		return fmt.Errorf("from %d: %w", before.N, err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return fmt.Errorf("from %d: %w", before.N, err)
	}
	return nil
}

// folder reads tiles from a folder.
type folder string

func (log folder) Height() int { return height }

func (log folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (log folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		found, err := os.ReadFile(file(string(log), tile))
		if err != nil {
			return nil, err
		}
		data[i] = found
	}
	return data, nil
}

// file names a tile as tlog-tiles does: the package's path has the height in it, and "data".
func file(log string, tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return filepath.Join(log, strings.Replace(path, "tile/data/", "tile/entries/", 1))
}
