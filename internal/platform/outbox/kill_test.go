package outbox

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

const childVariable = "PROSA_OUTBOX_KILL_CHILD"

// child is a whole process: it commits events, relays them, and tells what it
// has committed, until it is killed.
func child(dir string) {
	fail := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	db, err := database.Open(ctx, database.Config{Dir: dir, Readers: 2, CacheKB: 2048})
	fail(err)
	s, err := stream.Open(ctx, stream.Config{Dir: filepath.Join(dir, "stream")})
	fail(err)
	fail(shard.Reclaim(ctx, db)) // the folder's lock says that we are alone
	k := shard.NewKeeper(db, "child-"+strconv.Itoa(os.Getpid()), shard.Config{Count: 2}, quiet, NewRelay(db, s, quiet))
	go func() { fail(k.Run(ctx)) }()
	for i := int64(1); ; i++ {
		err := db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
			return Write(ctx, tx, int(i%2), event.Envelope{TenantID: "ten_a", Type: event.MessageCreated, ConversationID: fmt.Sprint("cnv_", i%2), Seq: i})
		})
		fail(err)
		fmt.Fprintln(os.Stdout, i)
	}
}

// kill -9 takes what EVENT had not written out, acknowledged or not, and
// perhaps the mark of a frame that it had. Whatever was committed is on the
// stream afterwards.
func TestNothingCommittedIsLostByKill9(t *testing.T) {
	dir := databasetest.Config(t, database.SQLite).Dir
	committed := 0
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		told := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatal(lines.Text())
			}
			if told = n; told == 300+111*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed, as meant
		committed += told
	}
	db, err := database.Open(t.Context(), database.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := rows(t, db, "TRUE"); n < committed || n > committed+3 {
		t.Fatalf("%d rows of %d that were told", n, committed)
	}
	s := openStream(t, filepath.Join(dir, "stream"))
	waiting := rows(t, db, "published_ms = 0")
	stop := run(t, db, 2, NewRelay(db, s, quiet))
	eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
	stop()
	ids := map[string]bool{}
	want := rows(t, db, "TRUE")
	all := read(t, s, 1, func(all []event.Envelope) bool {
		for _, e := range all {
			ids[e.ID] = true
		}
		return len(ids) >= want
	})
	if len(ids) != want {
		t.Fatalf("%d events on the stream, %d in the table", len(ids), want)
	}
	t.Logf("%d events, %d waited after the last kill, %d came twice", want, waiting, len(all)-len(ids))
}
