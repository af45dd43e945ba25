package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

const houseDocument = "docs/house.md"

// room is one folder of the house, with all below it that is no room itself.
type room struct {
	path string // "runtime/decode/*": each folder there is a room
	line int    // its row in docs/house.md
	// may is what the room may import besides itself and the standard
	// library: rooms ("filter"), all rooms below one ("filter/…") and modules
	// by the end of their path ("kafka-go").
	may []string
	all bool
}

// A row of the table: | `filter/spec/` | purpose | what it may import |
var houseRow = regexp.MustCompile("^\\| `([a-z0-9/<>]+)/` \\|.*\\|(.*)\\|$")

// In the table "<format>" stands for any folder.
var anyFolder = regexp.MustCompile(`<[a-z]+>`)

// house is the import table of docs/house.md, which is the rule itself: a new
// room is a new row. A table elsewhere in the document, whose first column
// names no folder, is not read.
func (t *Tree) house() []room {
	var rooms []room
	for i, line := range strings.Split(t.Texts[houseDocument], "\n") {
		cells := houseRow.FindStringSubmatch(line)
		if cells == nil {
			continue
		}
		r := room{path: anyFolder.ReplaceAllString(cells[1], "*"), line: i + 1}
		for _, word := range strings.FieldsFunc(cells[2], func(c rune) bool { return c == ',' || c == ';' }) {
			r.allow(strings.Trim(strings.TrimSpace(word), "`"))
		}
		rooms = append(rooms, r)
	}
	return rooms
}

func (r *room) allow(word string) {
	switch word {
	case "all":
		r.all = true
	case "standard library only", "standard library", "imported by none", "":
	default:
		r.may = append(r.may, anyFolder.ReplaceAllString(word, "*"))
	}
}

// checkHouse wants the table to be there, and every name in the row of a room
// that exists to be a room or a module of go.mod: a misspelt one allows nothing.
func checkHouse(t *Tree) []Finding {
	rooms := t.house()
	if len(rooms) == 0 {
		return []Finding{{Path: houseDocument, Text: "has no table of rooms: | `room/` | purpose | may import |"}}
	}
	var found []Finding
	for _, r := range rooms {
		if !t.inhabited(rooms, r) {
			continue
		}
		for _, name := range r.may {
			if name != "testing" && !t.means(rooms, name) {
				found = append(found, Finding{Path: houseDocument, Line: r.line, Text: fmt.Sprintf("%s may import %s, which is neither a room nor a module of go.mod", r.path, name)})
			}
		}
	}
	return found
}

func (t *Tree) inhabited(rooms []room, r room) bool {
	return slices.ContainsFunc(t.Go, func(file *GoFile) bool {
		home, ok := roomOf(rooms, file.Dir())
		return ok && home.line == r.line
	})
}

func (t *Tree) means(rooms []room, name string) bool {
	isRoom := slices.ContainsFunc(rooms, func(r room) bool { return coversRoom(name, r.path) })
	return isRoom || slices.ContainsFunc(t.modules(), func(m string) bool { return namesModule(name, m) })
}

// A requirement of go.mod, in a block or on a line of its own.
var requirement = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.-]+\.[a-z]+/\S+) v\S+`)

func (t *Tree) modules() []string {
	var modules []string
	for _, match := range requirement.FindAllStringSubmatch(t.Texts["go.mod"], -1) {
		modules = append(modules, match[1])
	}
	return modules
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// namesModule reports whether name is the end of the module's path:
// "goavro" of github.com/linkedin/goavro/v2.
func namesModule(name, modulePath string) bool {
	return strings.HasSuffix(majorVersion.ReplaceAllString(modulePath, ""), "/"+name)
}

// coversRoom reports whether the name in a row allows the room.
func coversRoom(name, roomPath string) bool {
	if above, ok := strings.CutSuffix(name, "/…"); ok {
		return roomPath == above || strings.HasPrefix(roomPath, above+"/")
	}
	match, _ := path.Match(name, roomPath)
	return match
}

// roomOf returns the room that the folder lies in: the deepest one, by its
// own folder's name.
func roomOf(rooms []room, dir string) (room, bool) {
	for ; dir != "." && dir != ""; dir = path.Dir(dir) {
		for _, r := range rooms {
			if match, _ := path.Match(r.path, dir); match {
				r.path = dir
				return r, true
			}
		}
	}
	return room{}, false
}
