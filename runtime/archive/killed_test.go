package archive_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/child"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
)

// archiveInto makes the test binary a process that writes a night for ever.
const archiveInto = "SKYSIFT_TEST_ARCHIVE_INTO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(archiveInto); dir != "" {
		fmt.Fprintln(os.Stderr, archiveForEver(dir, archive.Form(os.Getenv(archiveInto+"_FORM"))))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func archiveForEver(dir string, form archive.Form) error {
	night, err := archive.NewNight(dir, form, asDatum{})
	value := strings.Repeat("an alert ", 1000)
	for end := time.Now().Add(time.Minute); err == nil && time.Now().Before(end); {
		err = night.Write(context.Background(), slices.Concat(outputs("a", value), outputs("b", value)))
	}
	return err
}

// TestAKilledProcessLeavesNoArchive kills a process while it writes, and begins
// again where it was.
func TestAKilledProcessLeavesNoArchive(t *testing.T) {
	for _, form := range []archive.Form{archive.FormTar, archive.FormTarGz, archive.FormAvro} {
		t.Run(string(form), func(t *testing.T) {
			dir := t.TempDir()
			writer := exec.Command(os.Args[0])
			writer.Env = append(os.Environ(), archiveInto+"="+dir, archiveInto+"_FORM="+string(form))
			writer.Stderr = os.Stderr
			process, err := child.Start(writer)
			if err != nil {
				t.Fatal(err)
			}
			parts := []string{".a." + string(form) + ".part", ".b." + string(form) + ".part"}
			for last := filepath.Join(dir, parts[1]); !isLarge(last); time.Sleep(time.Millisecond) {
				if process.Ended() {
					t.Fatal("the process has ended by itself")
				}
			}
			process.Kill()
			if names := namesIn(t, dir); !slices.Equal(names, parts) {
				t.Errorf("it leaves %q", names)
			}
			_, err = archive.NewNight(dir, form, asDatum{})
			if err == nil || !strings.Contains(err.Error(), "cut off before it had an archive: "+parts[0]) {
				t.Errorf("begun again: %v", err)
			}
			if found := readable(t, dir); found > 0 {
				t.Errorf("%d of its files are read as alerts", found)
			}
		})
	}
}

func isLarge(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 1<<16
}

// readable counts the files below a folder that are read as alerts.
func readable(t *testing.T, dir string) int64 {
	t.Helper()
	source, err := archive.NewSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = source.Run(context.Background(), func(ctx context.Context, p runtime.Partition) error {
		for {
			if _, err := p.Fetch(ctx); err != nil {
				return nil
			}
		}
	})
	return source.Files()
}

func TestANightThatWasCutOffAtItsEndIsTold(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.tar", nil)
	put(t, dir, ".b.tar.part", nil)
	_, err := archive.NewNight(dir, archive.FormTar, nil)
	if err == nil || !strings.Contains(err.Error(), "a.tar is whole, of another there is only .b.tar.part") {
		t.Errorf("%v", err)
	}
}
