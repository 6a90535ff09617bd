// Reads the log as Go's checksum database does (golang.org/x/mod/sumdb): opens the signed note, reads tiles, and checks
// that every event is in the tree, and that an older tree is a prefix of it. It writes what it found as JSON.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type question struct {
	Address string `json:"address"`
	Key     string `json:"key"`
	Secret  string `json:"secret"`
	Old     int64  `json:"old"`
	OldRoot string `json:"old_root"`
}

type answer struct {
	Origin  string `json:"origin"`
	Size    int64  `json:"size"`
	Root    string `json:"root"`
	Leaves  int64  `json:"leaves"`
	Entries int64  `json:"entries"`
	Refused string `json:"refused"`
}

func (q question) get(path string) ([]byte, error) {
	request, err := http.NewRequest("GET", q.Address+path, nil)
	if err != nil {
		return nil, err
	}
	if q.Secret != "" {
		request.Header.Set("Authorization", "Bearer "+q.Secret)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, err
}

// Height, ReadTiles and SaveTiles make a tlog.TileReader of it; the path of C2SP does not name the height.
func (q question) Height() int { return height }

func (q question) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, known := kept[tile]
		if !known {
			var err error
			if data, err = q.get("/log/" + strings.Replace(tile.Path(), "tile/8/", "tile/", 1)); err != nil {
				return nil, err
			}
		}
		all = append(all, data)
	}
	return all, nil
}

// kept are the tiles that were verified.
var kept = map[tlog.Tile][]byte{}

func (q question) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for place, tile := range tiles {
		kept[tile] = data[place]
	}
}

func (q question) head() (string, tlog.Tree, error) {
	var tree tlog.Tree
	text, err := q.get("/log/checkpoint")
	if err != nil {
		return "", tree, err
	}
	verifier, err := note.NewVerifier(q.Key)
	if err != nil {
		return "", tree, err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return "", tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return lines[0], tree, err
}

// entries reads all entries, bundle by bundle.
func (q question) entries(size int64) ([][]byte, error) {
	var found [][]byte
	for start := int64(0); start < size; start += 1 << height {
		tile := tlog.Tile{H: height, L: 0, N: start >> height, W: 1 << height}
		if size-start < 1<<height {
			tile.W = int(size - start)
		}
		data, err := q.get("/log/" + strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			end := 2 + int(binary.BigEndian.Uint16(data))
			if end > len(data) {
				return nil, fmt.Errorf("a bundle ends inside of an entry")
			}
			found = append(found, data[2:end])
			data = data[end:]
		}
	}
	return found, nil
}

func (q question) checkOld(tree tlog.Tree, reader tlog.HashReader) error {
	old, err := tlog.ParseHash(q.OldRoot)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, q.Old, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, q.Old, old); err != nil || q.Secret == "" {
		return err
	}
	// The same from the proof that the service makes.
	text, err := q.get(fmt.Sprintf("/log/consistency?from=%d&to=%d", q.Old, tree.N))
	if err != nil {
		return err
	}
	var made struct {
		Hashes []string `json:"hashes"`
	}
	if err := json.Unmarshal(text, &made); err != nil {
		return err
	}
	hashes, err := parsed(made.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(tlog.TreeProof(hashes), tree.N, tree.Hash, q.Old, old)
}

func parsed(texts []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// checkProof checks the proof that the service makes for the last event.
func (q question) checkProof(tree tlog.Tree, entry []byte) error {
	text, err := q.get(fmt.Sprintf("/v1/events/%d/proof?size=%d", tree.N, tree.N))
	if err != nil {
		return err
	}
	var made struct {
		Entry  string   `json:"entry"`
		Hashes []string `json:"hashes"`
	}
	if err := json.Unmarshal(text, &made); err != nil {
		return err
	}
	if made.Entry != string(entry) {
		return fmt.Errorf("the proof has another entry than the bundle")
	}
	hashes, err := parsed(made.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(tlog.RecordProof(hashes), tree.N, tree.Hash, tree.N-1, tlog.RecordHash(entry))
}

func check(q question) (found answer, err error) {
	origin, tree, err := q.head()
	if err != nil {
		return found, err
	}
	found = answer{Origin: origin, Size: tree.N, Root: base64.StdEncoding.EncodeToString(tree.Hash[:])}
	reader := tlog.TileHashReader(tree, q)
	leaves := make([]tlog.Hash, tree.N)
	for index := range leaves {
		read, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
		if err != nil {
			return found, err
		}
		leaves[index] = read[0]
		if index%37 != 0 && int64(index) != tree.N-1 {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		if err != nil {
			return found, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), leaves[index]); err != nil {
			return found, err
		}
	}
	found.Leaves = int64(len(leaves))
	if q.Old > 0 {
		if err := q.checkOld(tree, reader); err != nil {
			return found, err
		}
	}
	if q.Secret == "" {
		return found, nil
	}
	entries, err := q.entries(tree.N)
	if err != nil {
		return found, err
	}
	for index, entry := range entries {
		if tlog.RecordHash(entry) != leaves[index] {
			return found, fmt.Errorf("the entry %d is another one than the tree has", index)
		}
	}
	found.Entries = int64(len(entries))
	return found, q.checkProof(tree, entries[len(entries)-1])
}

func main() {
	var q question
	if err := json.NewDecoder(os.Stdin).Decode(&q); err != nil {
		panic(err)
	}
	found, err := check(q)
	if err != nil {
		found.Refused = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
