package stream_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/platform/stream"
)

const childVariable = "PROSA_STREAM_KILL_CHILD"

func childDir() string { return os.Getenv(childVariable) }

// serverVariable makes the child a server that listens there.
const serverVariable = "PROSA_STREAM_SERVER_CHILD"

// child publishes until it is killed and prints each sequence that was
// acknowledged.
func child(dir string) {
	if listen := os.Getenv(serverVariable); listen != "" {
		fmt.Println(stream.Serve(context.Background(), stream.ServerConfig{Listen: listen, Dir: dir}))
		os.Exit(1)
	}
	s, err := stream.Open(context.Background(), stream.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := 1; ; i++ {
		seq, err := s.Publish(context.Background(), "in.channel.0", []byte(strconv.Itoa(i)))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		// One write call a line: the line is either told whole or not at all.
		fmt.Fprintln(os.Stdout, seq)
	}
}

func TestNothingAcknowledgedIsLostByKill9(t *testing.T) {
	dir := t.TempDir()
	acknowledged := 0
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
		killAt := acknowledged + 50 + 37*round
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			seq, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatal(lines.Text())
			}
			acknowledged = seq
			if seq == killAt {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed, as meant
		if acknowledged < killAt {
			t.Fatalf("the child ended by itself at %d", acknowledged)
		}
		s, err := stream.Open(t.Context(), stream.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		state, err := s.State(t.Context(), stream.In)
		if err != nil {
			t.Fatal(err)
		}
		// One more than was told may be there: stored, and killed before the line.
		if state.Last < uint64(acknowledged) || state.Last > uint64(acknowledged)+1 || state.Messages != state.Last {
			t.Fatalf("acknowledged %d, the store holds %+v", acknowledged, state)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		acknowledged = int(state.Last)
	}
}

// A server that is killed forgets its consumers. Who consumes gets on as soon
// as it is back, with all that was not acknowledged, in order.
func TestAConsumerGetsOnAfterItsServerWasKilled(t *testing.T) {
	dir, listener := t.TempDir(), serve(t, t.TempDir(), "127.0.0.1:0")
	listen := strings.TrimPrefix(listener.url, "nats://")
	listener.stop() // its address is free now
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+dir, serverVariable+"="+listen)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	end := func(cmd *exec.Cmd) {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, as meant
	}
	server := start()
	t.Cleanup(func() { end(server) })
	s := open(t, stream.Config{URL: "nats://" + listen})
	c := consume(t, s, 0, 1)
	publish(t, s, "in.channel.0", "one", "two")
	fetch(t, c, 2)
	end(server)
	server = start()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		if _, err := s.Publish(t.Context(), "in.channel.0", []byte("three")); err == nil {
			break
		}
	}
	var got []string
	for time.Now().Before(deadline) && len(got) < 3 {
		batch, _ := c.Fetch(t.Context(), 10, 100*time.Millisecond) // fails while the server is away
		got = append(got, texts(batch)...)
	}
	if len(got) < 3 || !slices.Equal(got[:3], []string{"one", "two", "three"}) {
		t.Fatalf("within ten seconds came %v", got)
	}
}
