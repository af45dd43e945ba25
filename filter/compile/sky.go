package compile

import (
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/filter/sky"
	"github.com/skysift/skysift/filter/spec"
)

// addSky adds what a file names of the sky, as far as it could be read. A name
// that an earlier file has too means the same, or clashes has told of it.
func (p *program) addSky(s spec.Sky) {
	if p.Watchlists == nil {
		p.Watchlists, p.Catalogues, p.Regions = map[string]*sky.Catalogue{}, map[string]*sky.Catalogue{}, map[string]*sky.Region{}
	}
	for _, c := range s.Watchlists {
		p.Watchlists[c.Name] = c.Content
	}
	for _, c := range s.Catalogues {
		p.Catalogues[c.Name] = c.Content
	}
	for _, r := range s.Regions {
		p.Regions[r.Name] = r.Content
	}
}

// skyClashes finds the names under which two files have different things.
func skyClashes(files []*spec.File) []*spec.Error {
	first := map[string]origin{}
	var found []*spec.Error
	hold := func(kind, name, path, digest string, clash func(string) *spec.Error) {
		key := kind + " " + name
		other, twice := first[key]
		switch {
		case !twice:
			first[key] = origin{path, digest}
		case other.digest != digest && other.digest != "" && digest != "":
			found = append(found, clash(other.path))
		}
	}
	for _, file := range files {
		for _, c := range file.Sky.Watchlists {
			hold("watchlist", c.Name, file.Path, digestOf(c.Content), c.Clash)
		}
		for _, c := range file.Sky.Catalogues {
			hold("catalogue", c.Name, file.Path, digestOf(c.Content), c.Clash)
		}
		for _, r := range file.Sky.Regions {
			hold("region", r.Name, file.Path, digestOf(r.Content), r.Clash)
		}
	}
	return found
}

// origin is where a name stands first, and what it means there.
type origin struct{ path, digest string }

// digestOf is the digest of what was read; "" where it could not be.
func digestOf[T any, P interface {
	*T
	Digest() string
}](content P) string {
	if content == nil {
		return ""
	}
	return content.Digest()
}

// placeInSky gives a warning about something of the sky its place.
func (p program) placeInSky(m expression.Mistake) *spec.Error {
	for _, file := range p.files {
		for _, c := range file.Sky.Watchlists {
			if m.Sky == "watchlist "+c.Name {
				return c.Unused(m.Message, m.Suggestion)
			}
		}
		for _, c := range file.Sky.Catalogues {
			if m.Sky == "catalogue "+c.Name {
				return c.Unused(m.Message, m.Suggestion)
			}
		}
		for _, r := range file.Sky.Regions {
			if m.Sky == "region "+r.Name {
				return r.Unused(m.Message, m.Suggestion)
			}
		}
	}
	return nil
}
