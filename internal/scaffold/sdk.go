package scaffold

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const module = "module github.com/skysift/skysift"

// FindSDK returns the SDK for a new plug-in: the checkout that it is told, else
// the release that this program is, else the checkout that this program, at
// the path executable, was built in (bin/skysift).
func FindSDK(told, version, executable string) (SDK, error) {
	if told != "" {
		checkout, err := filepath.Abs(told)
		if err == nil && !isCheckout(checkout) {
			err = fmt.Errorf("%s is no checkout of Skysift: its go.mod does not say %q", told, module)
		}
		return SDK{Checkout: checkout}, err
	}
	if regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(version) {
		return SDK{Version: version}, nil
	}
	if resolved, err := filepath.EvalSymlinks(executable); err == nil {
		executable = resolved
	}
	if checkout := filepath.Dir(filepath.Dir(executable)); isCheckout(checkout) {
		return SDK{Checkout: checkout}, nil
	}
	return SDK{}, errors.New("where is the SDK? This skysift is no release, and does not lie in the checkout that it was built in: give the folder of a checkout with --sdk (git clone https://github.com/skysift/skysift)")
}

func isCheckout(folder string) bool {
	file, err := os.Open(filepath.Join(folder, "go.mod"))
	if err != nil {
		return false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == module {
			return true
		}
	}
	return false
}
