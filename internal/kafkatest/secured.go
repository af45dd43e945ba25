package kafkatest

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The listeners of a secured cluster, beside the plain one that tests use.
const (
	// SASLTLS takes every mechanism over TLS; sessions that began with
	// OAUTHBEARER last as long as their token, and a minute at most.
	SASLTLS = "SASLTLS"
	// Brief takes every mechanism without TLS; sessions last BriefSession.
	Brief = "BRIEF"
	// Expired is as SASLTLS, with a certificate that has expired.
	Expired = "EXPIRED"
	// Mutual asks for a client's certificate, and for nothing else.
	Mutual = "MUTUAL"
	// PlainOnly takes PLAIN alone, without TLS.
	PlainOnly = "PLAINONLY"

	BriefSession = 3 * time.Second
)

// The user that a secured cluster knows by PLAIN. By SCRAM it knows whom
// SetScram makes known, and by OAUTHBEARER whoever a token names.
const (
	PlainUser     = "mallory"
	PlainPassword = "plain-pass-7f3a"
)

// Secured are the options of a cluster whose listeners are secured by
// certificates of the authority. Users may do only what Allow lets them; who
// comes by the plain listener may do all.
func Secured(t testing.TB, a *Authority) Options {
	t.Helper()
	good, expired := a.Sign(t, "broker", time.Hour), a.Sign(t, "old-broker", -time.Minute)
	config := map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           "User:ANONYMOUS",
		// A refused login is answered at once.
		"connection.failed.authentication.delay.ms": "0",
	}
	listeners := map[string]string{SASLTLS: "SASL_SSL", Expired: "SASL_SSL", Brief: "SASL_PLAINTEXT", PlainOnly: "SASL_PLAINTEXT", Mutual: "SSL"}
	for _, name := range []string{SASLTLS, Expired, Brief, PlainOnly} {
		maps.Copy(config, logins(name, name != PlainOnly))
	}
	for name, certificate := range map[string]Certificate{SASLTLS: good, Expired: expired, Mutual: good} {
		key := prefix(name) + "ssl."
		config[key+"keystore.type"], config[key+"keystore.location"] = "PEM", certificate.StoreFile
		config[key+"truststore.type"], config[key+"truststore.location"] = "PEM", a.File
	}
	config[prefix(Mutual)+"ssl.client.auth"] = "required"
	for _, mechanism := range []string{"plain", "scram-sha-256", "scram-sha-512", "oauthbearer"} {
		config[prefix(Brief)+mechanism+".connections.max.reauth.ms"] = fmt.Sprint(BriefSession.Milliseconds())
	}
	config[prefix(SASLTLS)+"oauthbearer.connections.max.reauth.ms"] = "60000"
	return Options{Brokers: 1, Listeners: listeners, Config: config}
}

func prefix(listener string) string {
	return "listener.name." + strings.ToLower(listener) + "."
}

// logins lets users log in at a listener: by every mechanism, or by PLAIN.
func logins(listener string, all bool) map[string]string {
	key := prefix(listener)
	config := map[string]string{
		key + "sasl.enabled.mechanisms": "PLAIN",
		key + "plain.sasl.jaas.config": fmt.Sprintf("org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=%q;",
			PlainUser, PlainPassword),
	}
	if !all {
		return config
	}
	config[key+"sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
	for _, mechanism := range []string{"scram-sha-256", "scram-sha-512"} {
		config[key+mechanism+".sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	}
	// Kafka's own validator of unsigned tokens; the claim is the broker's own.
	config[key+"oauthbearer.sasl.jaas.config"] = `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
	return config
}

// SetScram makes a user known, or changes the password, for both mechanisms.
func (c *Cluster) SetScram(t testing.TB, user, password string) {
	t.Helper()
	const iterations = 4096
	salt := []byte("salt of " + user)
	short, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		t.Fatal(err)
	}
	long, err := pbkdf2.Key(sha512.New, password, salt, iterations, sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	// A request may name a user but once.
	for i, salted := range [][]byte{short, long} {
		u := kmsg.NewAlterUserSCRAMCredentialsRequestUpsertion()
		u.Name, u.Mechanism, u.Iterations, u.Salt, u.SaltedPassword = user, int8(i+1), iterations, salt, salted
		request := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
		request.Upsertions = append(request.Upsertions, u)
		c.admin(t, "making user "+user+" known", func(ctx context.Context, client *kgo.Client) error {
			response, err := request.RequestWith(ctx, client)
			if err != nil {
				return err
			}
			return kerr.ErrorForCode(response.Results[0].ErrorCode)
		})
	}
}

// AllowTopics lets a user do these things to the topics whose names begin so.
func (c *Cluster) AllowTopics(t testing.TB, user, namePrefix string, operations ...kmsg.ACLOperation) {
	t.Helper()
	c.allow(t, user, kmsg.ACLResourceTypeTopic, namePrefix, operations)
}

// AllowGroups lets a user be a member of the groups whose names begin so.
func (c *Cluster) AllowGroups(t testing.TB, user, namePrefix string) {
	t.Helper()
	c.allow(t, user, kmsg.ACLResourceTypeGroup, namePrefix, []kmsg.ACLOperation{kmsg.ACLOperationRead})
}

func (c *Cluster) allow(t testing.TB, user string, kind kmsg.ACLResourceType, namePrefix string, operations []kmsg.ACLOperation) {
	t.Helper()
	request := kmsg.NewPtrCreateACLsRequest()
	for _, operation := range operations {
		rule := kmsg.NewCreateACLsRequestCreation()
		rule.ResourceType, rule.ResourceName, rule.ResourcePatternType = kind, namePrefix, kmsg.ACLResourcePatternTypePrefixed
		rule.Principal, rule.Host = "User:"+user, "*"
		rule.Operation, rule.PermissionType = operation, kmsg.ACLPermissionTypeAllow
		request.Creations = append(request.Creations, rule)
	}
	c.admin(t, "allowing "+user, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		for _, r := range response.Results {
			if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
				return err
			}
		}
		return nil
	})
}
