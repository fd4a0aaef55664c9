package databasetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/migrations"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
)

// PostgresVariable names a server to use, as a role that may create roles and
// databases, in place of a temporary one.
const PostgresVariable = "PROSA_TEST_POSTGRES_URL"

// errAbsent is the answer of a machine without PostgreSQL.
var errAbsent = errors.New("no PostgreSQL: neither " + PostgresVariable + " nor initdb")

// password is that of both roles; the server listens to this machine only.
const password = "test"

// cluster is a server that has the migrated template database.
type cluster struct {
	server  string  // its URL, as a role that may create databases
	control *sql.DB // connections as that role, for as long as the process lives
}

// admin gives the server, started and prepared once a process.
var admin = sync.OnceValues(func() (cluster, error) {
	server, _ := config.Environment()(PostgresVariable)
	if server == "" {
		var err error
		if server, err = startServer(); err != nil {
			return cluster{}, err
		}
	}
	control, err := sql.Open("pgx", server)
	if err != nil {
		return cluster{}, err
	}
	return cluster{server, control}, makeTemplate(server, control)
})

func postgresConfig(t testing.TB) database.Config {
	t.Helper()
	found, err := admin()
	if errors.Is(err, errAbsent) {
		t.Skip("SKIPPED ON POSTGRESQL: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "prosa_test_" + strings.TrimPrefix(id.New("t", time.Now().UnixMilli()), "t_")
	if err := copyTemplate(found.control, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := found.control.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return database.Config{
		URL:      secret.New(as(found.server, migrations.AppRole, name)),
		OwnerURL: secret.New(as(found.server, migrations.OwnerRole, name)),
		PoolSize: 8,
	}
}

// copyTemplate makes a database like the template. Only one copy of a template
// can be made at a time on a server; the lock makes the others wait.
func copyTemplate(control *sql.DB, name string) error {
	return locked(control, func(conn *sql.Conn) error {
		_, err := conn.ExecContext(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+templateName()+" STRATEGY FILE_COPY")
		return err
	})
}

// locked runs fn while no other test process on the server runs its own.
func locked(control *sql.DB, fn func(conn *sql.Conn) error) (err error) {
	const key = 7_026_112_209
	ctx := context.Background()
	conn, err := control.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		return err
	}
	defer func() {
		_, unlockErr := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", key)
		err = errors.Join(err, unlockErr)
	}()
	return fn(conn)
}

// templateName carries the schema in its name, so that a changed migration
// makes a new template.
func templateName() string {
	return "prosa_template_" + migrations.Fingerprint()[:16]
}

func makeTemplate(server string, control *sql.DB) error {
	return locked(control, func(conn *sql.Conn) error {
		ctx := context.Background()
		var known bool
		if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", templateName()).Scan(&known); err != nil || known {
			return err
		}
		// Built under another name first: a template that exists is whole.
		draft := templateName() + "_draft"
		for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft, "CREATE DATABASE " + draft} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		if err := migrate(ctx, server, draft); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+templateName())
		return err
	})
}

// migrate makes the roles and the schema in the database of that name.
func migrate(ctx context.Context, server, name string) (err error) {
	super, err := sql.Open("pgx", as(server, "", name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, super.Close()) }()
	if err := migrations.Prepare(ctx, super, secret.New(password), secret.New(password)); err != nil {
		return err
	}
	ownerURL := secret.New(as(server, migrations.OwnerRole, name))
	owner, err := database.OpenOwner(ctx, database.Config{URL: ownerURL, OwnerURL: ownerURL})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, owner.Close()) }()
	_, err = migrations.Up(ctx, database.Postgres, owner)
	return err
}

// as gives the server's URL for another database and, unless role is empty,
// another role.
func as(server, role, name string) string {
	target, err := url.Parse(server)
	if err != nil {
		return server // sql.Open tells what is wrong with it
	}
	if role != "" {
		target.User = url.UserPassword(role, password)
	}
	target.Path = "/" + name
	return target.String()
}

// clusterVersion changes when the way a server is made does.
const clusterVersion = "3"

// startServer gives the temporary server of this machine and version, started
// when nobody did before. It stays up for the tests that come after; it holds
// nothing worth keeping, so it never waits for the disk.
func startServer() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	account, err := unprivileged()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(bin + account.name + clusterVersion))
	root := filepath.Join(roomyFolder(), "prosa-postgres-"+hex.EncodeToString(sum[:4]))
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", err
	}
	if err := account.own(root); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(root+".lock", os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return "", err
	}
	defer lock.Close() // and with it the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	data := filepath.Join(root, "data")
	if server, ok := alive(root); ok {
		return server, nil
	}
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := account.run(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--no-sync"); err != nil {
			return "", err
		}
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	settings := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 "+
		"-c max_connections=300 -c shared_buffers=64MB -c max_wal_size=256MB -c log_min_messages=fatal -c autovacuum=off", port, root)
	if err := account.run(filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-t", "60", "-l", filepath.Join(root, "log"), "-o", settings, "start"); err != nil {
		return "", err
	}
	server := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return server, os.WriteFile(root+".url", []byte(server), 0o644)
}

// roomyFolder is where the server keeps its files: in memory where the machine
// offers that, since each database is a thousand files that live for one test.
func roomyFolder() string {
	const memory, enough = "/dev/shm", 4 << 30 // bytes; containers offer a few megabytes
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err != nil || room.Bavail*uint64(room.Bsize) < enough {
		return os.TempDir()
	}
	return memory
}

// alive gives the URL of the server that was started before, if it answers.
func alive(root string) (string, bool) {
	server, err := os.ReadFile(root + ".url")
	if err != nil {
		return "", false
	}
	control, err := sql.Open("pgx", string(server))
	if err != nil {
		return "", false
	}
	defer control.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return string(server), control.PingContext(ctx) == nil
}

// binaries finds the folder of initdb.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errAbsent
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", errAbsent
	}
	return filepath.Dir(path), nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// account runs the server's programs: PostgreSQL refuses to run as root.
type account struct {
	name       string
	credential *syscall.Credential // nil: as we are
}

func unprivileged() (account, error) {
	if os.Getuid() != 0 {
		return account{name: strconv.Itoa(os.Getuid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return account{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return account{}, errAbsent
}

func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

func (a account) run(program string, args ...string) error {
	command := exec.Command(program, args...)
	command.Dir = "/"
	// Its own session, so that a Ctrl-C on the tests leaves the server to the
	// other test processes.
	command.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential, Setsid: true}
	if output, err := command.Output(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

// Superuser gives the URL of the database of cfg as the server's superuser, to
// test that it is refused.
func Superuser(t testing.TB, cfg database.Config) secret.Text {
	t.Helper()
	found, err := admin()
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(cfg.URL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(as(found.server, "", strings.TrimPrefix(target.Path, "/")))
}
