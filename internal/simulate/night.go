package simulate

// Alert is one rendered alert.
type Alert struct {
	// Value is an Avro container file that holds this alert alone. It is the
	// caller's to keep.
	Value []byte
	Truth
}

// Night is a simulated night: its plan, and how far it has been told. One
// goroutine uses it.
type Night struct {
	plan     *plan
	renderer *renderer
	next     int
}

// New plans a night. The error says which option is wrong.
func New(o Options) (*Night, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	r, err := newRenderer(o)
	if err != nil {
		return nil, err
	}
	return &Night{plan: newPlan(o), renderer: r}, nil
}

// Len is the number of alerts in the night.
func (n *Night) Len() int { return len(n.plan.sightings) }

// Truth returns the truth of alert i, 0 <= i < Len.
func (n *Night) Truth(i int) Truth { return n.plan.truth(i) }

// Next returns the next alert in order of time, and false after the last.
func (n *Night) Next() (Alert, bool) {
	if n.next == n.Len() {
		return Alert{}, false
	}
	alert := n.At(n.next)
	n.next++
	return alert, true
}

// At renders alert i, 0 <= i < Len, without touching Next.
func (n *Night) At(i int) Alert {
	return Alert{Value: n.renderer.render(n.plan, i), Truth: n.plan.truth(i)}
}
