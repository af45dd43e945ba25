// Package sky holds what filters know of the sky beside the alert: catalogues,
// of which a watchlist is one whose rows have radii, and regions.
//
// A file is read once (csv, header, rows, for catalogues; fits, moc, skymap and
// polygon for regions), refused with every mistake in its line, and kept in flat
// arrays that any number of goroutines read:
//
//	catalogue  rows and their columns
//	zones      rows by declination and right ascension, for radii that are asked
//	cones      rows by the cells of the sky that their own radii touch
//	near       the rows around a direction, without allocation
//	region     sorted ranges of nested HEALPix pixels, or spherical polygons
//	shelf      files that have not changed are not read again
package sky
