package confluent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/runtime/decode/confluent"
)

func TestAFolderKnowsItsVersionsByNumber(t *testing.T) {
	dir := packet(t, "9.0")
	lay(t, dir, "10.2")
	schemas, err := confluent.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for id, name := range map[uint32]string{900: "lsst.v9_0.alert id:900", 1002: "lsst.v10_2.alert id:1002"} {
		first, err := schemas.Schema(id)
		again, _ := schemas.Schema(id)
		if err != nil || first.String() != name || first != again {
			t.Errorf("schema %d is %v, then %v, %v", id, first, again, err)
		}
	}
	_, err = schemas.Schema(1100)
	if err == nil || !strings.Contains(err.Error(), "schema 1100 (version 11.0) is not in") || !strings.Contains(err.Error(), "which has 2 versions, 9.0 to 10.2") {
		t.Errorf("an unknown number gives %v", err)
	}
}

func TestAVersionThatIsLaidDownInTimeIsFoundAtOnce(t *testing.T) {
	dir := packet(t, "9.0")
	schemas, err := confluent.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	lay(t, dir, "10.2") // well within lookAgain of the first look
	if _, err := schemas.Schema(1002); err != nil {
		t.Errorf("the schema lies in the folder, and is refused: %v", err)
	}
	if _, err := schemas.Schema(1003); err == nil {
		t.Fatal("version 10.3 is known, and there is none")
	}
	lay(t, dir, "10.3") // too late for the first look, and it is not looked again for each record
	if _, err := schemas.Schema(1003); err == nil {
		t.Error("the folder is read for every record whose schema it lacks")
	}
}

func TestWhatIsNoFolderOfSchemasIsRefused(t *testing.T) {
	unversioned := t.TempDir()
	text := `{"type":"record","name":"a","fields":[{"name":"x","type":"int"}]}`
	if err := os.WriteFile(filepath.Join(unversioned, "a.avsc"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	twice := packet(t, "9.0")
	lay(t, filepath.Join(twice, "copy"), "9.0")
	misplaced := packet(t, "9.0")
	if err := os.Rename(filepath.Join(misplaced, "9", "0"), filepath.Join(misplaced, "9", "1")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(unversioned, "nowhere"): "nowhere: no such file",
		t.TempDir():                           "no .avsc file is in it, nor below it",
		unversioned:                           "nothing there says its version",
		twice:                                 "it has version 9.0 twice",
		misplaced:                             "its alert, lsst.v9_0.alert, is of version 9.0: is it in the wrong folder?",
	} {
		if _, err := confluent.NewFolder(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
