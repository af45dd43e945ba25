package kafkatest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/cache"
)

// pom asks Maven for the broker and, since its jars bring none, for a logger
// that writes to standard error.
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>skysift.test</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>VERSION</version>
      <exclusions>
        <exclusion><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

func needTools(t testing.TB) {
	t.Helper()
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed in CI to start Apache Kafka: install Java 17 or newer and Maven", tool)
		}
		t.Skipf("%s is not installed: Apache Kafka needs Java 17 or newer and Maven", tool)
	}
}

// jars returns the folder that holds the broker's jars, fetched once per
// version.
func jars(version string) (string, error) {
	return cache.Folder("kafka/"+version, func(dir string) error { return fetch(version, dir) })
}

func fetch(version, dir string) error {
	file := filepath.Join(dir, "pom.xml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(pom, "VERSION", version)), 0o644); err != nil {
		return err
	}
	out, err := exec.Command("mvn", "--batch-mode", "--quiet", "--file", file,
		"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory="+dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("fetching Apache Kafka %s with Maven: %w\n%s", version, err, out)
	}
	return nil
}
