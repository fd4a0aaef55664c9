package stream_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"prosa/internal/platform/stream"
)

const childVariable = "PROSA_STREAM_KILL_CHILD"

func childDir() string { return os.Getenv(childVariable) }

// child publishes until it is killed and prints each sequence that was
// acknowledged.
func child(dir string) {
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
