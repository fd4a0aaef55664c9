package plain

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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
	made, err := filepath.Glob(filepath.Join(store, "2*Z"))
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
	if left, err := filepath.Glob(filepath.Join(store, "[!l]*")); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// Messages bring files while the backup is made: folders change under tar, and
// the backup is whole all the same.
func TestABackupWhileFilesCome(t *testing.T) {
	s, name := newShell(t)
	store, files := filepath.Join(s.dir, "backups"), filepath.Join(s.dir, "blob")
	for _, dir := range []string{store, filepath.Join(files, "ten_a/ab"), filepath.Join(files, "draft.tmp")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(files, "ten_a/ab/first"), bytes.Repeat([]byte("picture"), 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s.name(name, name)
	stop, ended := make(chan struct{}), make(chan int)
	go func() {
		made := 0
		for ; ; made++ {
			select {
			case <-stop:
				ended <- made
				return
			default:
			}
			draft := filepath.Join(files, "draft.tmp/x")
			if os.WriteFile(draft, []byte("a picture"), 0o600) != nil || os.Rename(draft, filepath.Join(files, "ten_a/ab", fmt.Sprintf("%016d", made))) != nil {
				ended <- -1
				return
			}
		}
	}()
	said, err := s.run("prosa-backup", []string{"PROSA_BACKUP_DIR=" + store, "PROSA_BACKUP_FILES=" + files, "PROSA_BACKUP_KEEP_DAYS=14"})
	close(stop)
	if made := <-ended; made < 1 {
		t.Fatalf("%d files came meanwhile", made)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	archives, err := filepath.Glob(filepath.Join(store, "2*Z", "files.tar"))
	if err != nil || len(archives) != 1 {
		t.Fatalf("%v, %v", archives, err)
	}
	back := t.TempDir()
	if said, err := exec.Command("tar", "-C", back, "-xf", archives[0]).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if got, err := os.Stat(filepath.Join(back, "ten_a/ab/first")); err != nil || got.Size() != 7*4<<20 {
		t.Errorf("%v, %v", got, err)
	}
	for _, one := range must(filepath.Glob(filepath.Join(back, "ten_a/ab/0*")))(t) {
		if content, err := os.ReadFile(one); err != nil || string(content) != "a picture" {
			t.Errorf("%s came half: %q, %v", one, content, err)
		}
	}
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// A backup that is told to stop leaves nothing; what a cut of power left is gone
// with the next; two at once do not work on one folder.
func TestABackupThatIsStopped(t *testing.T) {
	s, name := newShell(t)
	store := filepath.Join(s.dir, "backups")
	if err := os.MkdirAll(filepath.Join(store, "draft.20260101T000000Z"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.name(name, name)
	// A pg_dump that says that it began and then waits for its end.
	begun := filepath.Join(s.dir, "begun")
	bin := filepath.Join(s.dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(begun, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "pg_dump"), []byte("#!/bin/sh\necho > "+begun+"\nexec sleep 600\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	env := []string{"PROSA_BACKUP_DIR=" + store, "PROSA_BACKUP_FILES=" + filepath.Join(s.dir, "none"), "PROSA_BACKUP_KEEP_DAYS=14"}
	command := exec.Command(filepath.Join(folder, "bin", "prosa-backup"))
	command.Env = append([]string{"PATH=" + bin + ":" + s.path, "PGSERVICEFILE=" + filepath.Join(s.dir, "services")}, env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(begun); err != nil {
		t.Fatal(err)
	}
	if said, err := s.run("prosa-backup", env); err == nil || !strings.Contains(said, "another backup") {
		t.Errorf("a second one: %v %s", err, said)
	}
	if err := syscall.Kill(-command.Process.Pid, syscall.SIGTERM); err != nil { // as systemd does: to all of the unit
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil {
		t.Error("what was stopped says that it succeeded")
	}
	if left := must(filepath.Glob(filepath.Join(store, "*")))(t); len(left) != 1 || filepath.Base(left[0]) != "lock" {
		t.Errorf("left: %v", left)
	}
	if said, err := s.run("prosa-backup", env); err != nil {
		t.Errorf("the next one: %v\n%s", err, said)
	}
}
