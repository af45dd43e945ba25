package archive

import "encoding/json"

// appendString appends s as a JSON string.
func appendString(line []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return append(line, `""`...)
	}
	return append(line, quoted...)
}
