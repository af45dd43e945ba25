package spec

import (
	"fmt"

	"github.com/skysift/skysift/filter/sky"
)

// skyShape is a section of names, and of a file or keys for each.
func skyShape(keys shape, doc string) shape {
	file := textOf(anyText, "The file, relative to the folder of this one.")
	return described(shape{
		"type":                 []string{"object", "null"},
		"propertyNames":        shape{"pattern": fmt.Sprintf(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,%d}$`, maxName-1)},
		"additionalProperties": shape{"oneOf": []shape{file, keys}},
	}, doc)
}

func catalogueShape(what string) shape {
	roles := shape{}
	for _, role := range sky.Roles() {
		roles[role] = textOf(anyText, "The name of the column that is the "+role+".")
	}
	return object("A "+what+".", []string{"file"}, shape{
		"file":   textOf(anyText, "A CSV file, relative to the folder of this one."),
		"radius": textOf(`\+?[0-9.]+([eE][+-]?[0-9]+)?\s*\S+`, "The radius of rows that have none of their own, with its unit: 3 arcsec. The rows' own are in this unit."),
		"columns": described(shape{"oneOf": []shape{
			object("Which columns have which role.", nil, roles),
			{"type": "array", "minItems": 2, "items": textOf(anyText, "A column's name.")},
		}}, "Which columns are ra, dec, id and radius; or, of a file without a header, the names of all."),
	})
}

func regionShape() shape {
	corner := shape{"type": "array", "minItems": 2, "maxItems": 2, "items": shape{"type": []string{"number", "string"}}}
	polygon := shape{"type": "array", "items": corner}
	s := object("A region: a file, or polygons.", nil, shape{
		"file": textOf(anyText, "A MOC as FITS or JSON, or a multi-order sky map, relative to the folder of this file."),
		"probability": described(shape{"oneOf": []shape{
			{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, {"type": "string"},
		}}, "Of a sky map: how much probability the region holds, such as 0.9."),
		"polygon":  described(polygon, "Corners [ra, dec] in degrees, in order along the edge."),
		"polygons": described(shape{"type": "array", "minItems": 1, "items": polygon}, "Several polygons."),
	})
	s["type"], s["minProperties"] = "object", 1
	return s
}
