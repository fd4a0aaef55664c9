package plain

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, to look at what was restored

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// shell is a machine with a server of PostgreSQL.
type shell struct {
	t      *testing.T
	path   string
	server *url.URL
	dir    string
}

// run runs a script of deploy/plain/bin and gives what it said.
func (s *shell) run(script string, env []string, args ...string) (string, error) {
	command := exec.Command(filepath.Join(folder, "bin", script), args...)
	command.Env = append([]string{"PATH=" + s.path, "PGSERVICEFILE=" + filepath.Join(s.dir, "services")}, env...)
	output, err := command.CombinedOutput()
	return string(output), err
}

// name writes the libpq services of both scripts.
func (s *shell) name(backup, restore string) {
	s.t.Helper()
	text := ""
	for service, name := range map[string]string{"prosa-backup": backup, "prosa-restore": restore} {
		text += fmt.Sprintf("[%s]\nhost=%s\nport=%s\nuser=%s\ndbname=%s\n", service, s.server.Hostname(), s.server.Port(), s.server.User.Username(), name)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "services"), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shell) sql(name, statement string) {
	s.t.Helper()
	db := s.open(name)
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

func (s *shell) open(name string) *sql.DB {
	s.t.Helper()
	target := *s.server
	target.Path = "/" + name
	db, err := sql.Open("pgx", target.String())
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

func (s *shell) count(name, query string) (n int) {
	s.t.Helper()
	db := s.open(name)
	defer db.Close()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func newShell(t *testing.T) (*shell, string) {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(found) == 0 {
		t.Skip("pg_dump is absent: backup and restore were not tried")
	}
	if os.Getenv("PROSA_TEST_ENGINE") == "sqlite" {
		t.Skip("the backup is of PostgreSQL")
	}
	cfg := databasetest.Config(t, database.Postgres)
	server, err := url.Parse(databasetest.Superuser(t, cfg).Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return &shell{t: t, path: filepath.Dir(found[len(found)-1]) + ":/usr/bin:/bin", server: server, dir: t.TempDir()}, strings.TrimPrefix(server.Path, "/")
}

// A backup is made, and put back into an empty database and folder: rows, rights
// and policies are those of before.
func TestABackupIsPutBack(t *testing.T) {
	s, name := newShell(t)
	files, store := filepath.Join(s.dir, "blob"), filepath.Join(s.dir, "backups")
	for path, content := range map[string]string{"ten_a/ab/abcd": "a picture", "draft.tmp/x": "half a picture"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(files, path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(files, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(store, "20200101T000000Z"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("touch", "-d", "2020-01-01", filepath.Join(store, "20200101T000000Z")).Run(); err != nil {
		t.Fatal(err)
	}
	s.sql(name, "CREATE TABLE probe (tenant_id text, words text); ALTER TABLE probe OWNER TO prosa_owner; INSERT INTO probe VALUES ('ten_a', 'olá')")
	fresh := name + "_back"
	s.name(name, fresh)
	env := []string{"PROSA_BACKUP_DIR=" + store, "PROSA_BACKUP_FILES=" + files, "PROSA_BACKUP_KEEP_DAYS=14"}
	if said, err := s.run("prosa-backup", env); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	made, err := filepath.Glob(filepath.Join(store, "*"))
	if err != nil || len(made) != 1 || filepath.Base(made[0]) == "20200101T000000Z" {
		t.Fatalf("kept: %v, %v", made, err)
	}
	// A database that is not empty is left alone.
	back := filepath.Join(s.dir, "back")
	s.name(name, name)
	if said, err := s.run("prosa-restore", nil, made[0], back); err == nil || !strings.Contains(said, "not empty") {
		t.Errorf("a full database: %v %s", err, said)
	}
	s.name(name, fresh)
	s.sql(name, "CREATE DATABASE "+fresh+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
	t.Cleanup(func() { s.sql(name, "DROP DATABASE "+fresh+" WITH (FORCE)") })
	s.sql(fresh, "GRANT USAGE, CREATE ON SCHEMA public TO prosa_owner; GRANT CONNECT, CREATE ON DATABASE "+fresh+" TO prosa_owner")
	if said, err := s.run("prosa-restore", nil, made[0], back); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, query := range []string{
		"SELECT count(*) FROM probe", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'prosa_owner'", "SELECT count(*) FROM pg_policies",
		"SELECT count(*) FROM pg_class WHERE relforcerowsecurity", "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'prosa_app'",
	} {
		if before, after := s.count(name, query), s.count(fresh, query); before != after || before == 0 {
			t.Errorf("%s: %d before, %d after", query, before, after)
		}
	}
	if content, err := os.ReadFile(filepath.Join(back, "ten_a/ab/abcd")); err != nil || string(content) != "a picture" {
		t.Errorf("%s, %v", content, err)
	}
	if _, err := os.Stat(filepath.Join(back, "draft.tmp")); err == nil {
		t.Error("what was half-written came back")
	}
	if said, err := s.run("prosa-restore", nil, made[0], back); err == nil || !strings.Contains(said, "not empty") {
		t.Errorf("over a full folder: %v %s", err, said)
	}
}

func TestABackupThatChangedIsNotPutBack(t *testing.T) {
	s, name := newShell(t)
	store := filepath.Join(s.dir, "backups")
	if err := os.Mkdir(store, 0o700); err != nil {
		t.Fatal(err)
	}
	s.name(name, "nowhere")
	env := []string{"PROSA_BACKUP_DIR=" + store, "PROSA_BACKUP_FILES=" + filepath.Join(s.dir, "none"), "PROSA_BACKUP_KEEP_DAYS=14"}
	if said, err := s.run("prosa-backup", env); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	made, err := filepath.Glob(filepath.Join(store, "2*Z", "database.dump"))
	if err != nil || len(made) != 1 {
		t.Fatalf("%v, %v", made, err)
	}
	raw, err := os.ReadFile(made[0])
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(made[0], raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := s.run("prosa-restore", nil, filepath.Dir(made[0]), filepath.Join(s.dir, "back")); err == nil || !strings.Contains(said, "not what it was") {
		t.Errorf("%v %s", err, said)
	}
	// A backup that fails leaves nothing that looks like one.
	s.name("nowhere", "nowhere")
	if said, err := s.run("prosa-backup", env); err == nil {
		t.Errorf("no database: %s", said)
	}
	if left, err := filepath.Glob(filepath.Join(store, "*")); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}
