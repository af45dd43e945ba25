package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// askTime is how long an answer may take. It is below the time in which a
	// run must have stopped.
	askTime = 5 * time.Second
	// MaxAnswer bounds an answer, in bytes. It is larger than avro's largest
	// schema in JSON's quotes.
	MaxAnswer = 4 << 20
)

// Client asks one registry. Any number of goroutines use it.
type Client struct {
	root     *url.URL // without credentials
	user     string   // "": none
	password func() (string, error)
	http     *http.Client
}

// Answer is what a registry says, whatever it is.
type Answer struct {
	Status int
	Body   []byte
	// Cut says that there was more than MaxAnswer.
	Cut bool
}

// NewClient returns a client of the registry at a root URL, what "/schemas/ids/1"
// is appended to, to which nothing has been sent yet. user and password are its
// basic credentials; where user is "" they may be in the URL. The password is
// asked for each time.
func NewClient(address, user string, password func() (string, error)) (*Client, error) {
	root, err := url.Parse(address)
	if err != nil || root.Host == "" || root.Scheme != "http" && root.Scheme != "https" {
		// The URL may have a password in it, and so may its parser's error.
		return nil, errors.New("the schema registry's URL cannot be read: it is written https://host:port, and what is special in a user's name or password is written %40 for @")
	}
	c := &Client{root: root, user: user, password: password, http: &http.Client{Timeout: askTime}}
	if inURL := root.User; user == "" && inURL != nil {
		c.user = inURL.Username()
		c.password = func() (string, error) {
			secret, _ := inURL.Password()
			return secret, nil
		}
	}
	root.User = nil
	return c, nil
}

// Through makes all further questions go through transport; it is called before
// the first.
func (c *Client) Through(transport http.RoundTripper) { c.http.Transport = transport }

// String is the registry's URL, without credentials.
func (c *Client) String() string { return c.root.String() }

// Get asks for what is at a path, each step of which may have any character in
// it. Its error says why there is no answer.
func (c *Client) Get(path ...string) (Answer, error) { return c.ask(http.MethodGet, nil, path) }

// Post sends a body, as JSON, to a path.
func (c *Client) Post(body any, path ...string) (Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Answer{}, err
	}
	return c.ask(http.MethodPost, text, path)
}

func (c *Client) ask(method string, body []byte, path []string) (Answer, error) {
	request, err := c.request(method, body, path)
	if err != nil {
		return Answer{}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, cause(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, MaxAnswer+1))
	return Answer{response.StatusCode, text, len(text) > MaxAnswer}, err
}

func (c *Client) request(method string, body []byte, path []string) (*http.Request, error) {
	escaped := make([]string, len(path))
	for i, step := range path {
		escaped[i] = url.PathEscape(step)
	}
	request, err := http.NewRequest(method, c.root.JoinPath(escaped...).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	}
	if c.user != "" {
		password, err := c.password()
		if err != nil {
			return nil, err
		}
		request.SetBasicAuth(c.user, password)
	}
	return request, nil
}

// cause is err without the URL that the http package adds.
func cause(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// Refused reports whether the registry does not take the credentials.
func (a Answer) Refused() bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
}

// Said is the code and the message that a registry gives with an error; 0 and
// "" where the answer is none of a registry's.
func (a Answer) Said() (code int, message string) {
	var said struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	if json.Unmarshal(a.Body, &said) != nil {
		return 0, ""
	}
	return said.Code, Excerpt(said.Message)
}

// Unexpected is an answer that there is nothing better to say of.
func (a Answer) Unexpected() error {
	_, message := a.Said()
	if message == "" {
		message = Excerpt(string(a.Body))
	}
	return fmt.Errorf("it answers %d %s (%s)", a.Status, http.StatusText(a.Status), message)
}

// Excerpt is the beginning of what a server said, on one line.
func Excerpt(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text[:min(len(text), 400)], "\uFFFD")), " ")
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return text
}
