package stream

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// startTimeout bounds the recovery of the store at start: 4.8 million messages
// took 2 s when measured.
const startTimeout = 2 * time.Minute

// host runs a NATS server inside the process. It can replace the server by a
// new one on the same folder while clients stay: they find the new one by
// InProcessConn when they reconnect.
type host struct {
	dir    string
	listen string // host:port, empty for none
	token  secret.Text
	logger *slog.Logger
	lock   *os.File
	// failed is called when the server's store has met a write error: from then
	// on it answers with errors or not at all.
	failed func()

	mu     sync.Mutex
	server *server.Server
}

// openHost takes the folder for this process and starts a server on it.
func openHost(dir, listen string, token secret.Text, logger *slog.Logger, failed func()) (*host, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the folder of the streams can't be made")
	}
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fault.New(fault.Conflict, "the folder of the streams %s is in use by another process: %w", dir, err)
	}
	h := &host{dir: dir, listen: listen, token: token, logger: logger, lock: lock, failed: failed}
	if h.server, err = h.start(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return h, nil
}

func (h *host) start() (*server.Server, error) {
	options := &server.Options{
		ServerName: "prosa",
		DontListen: h.listen == "",
		JetStream:  true,
		StoreDir:   h.dir,
		// The disk is guarded by our own watch and by each stream's limit.
		JetStreamMaxStore: 1 << 50,
		SyncAlways:        true,
		MaxPayload:        MaxPayload,
		MaxPending:        64 << 20,
		Authorization:     h.token.Reveal(),
		NoSigs:            true,
		NoLog:             true,
	}
	if h.listen != "" {
		address, port, err := splitAddress(h.listen)
		if err != nil {
			return nil, err
		}
		options.Host, options.Port = address, port
	}
	srv, err := server.NewServer(options)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the stream server can't be made")
	}
	srv.SetLoggerV2(serverLog{h.logger, h.failed}, false, false, false)
	srv.Start()
	if !srv.ReadyForConnections(startTimeout) || !srv.JetStreamEnabled() {
		srv.Shutdown()
		srv.WaitForShutdown()
		return nil, fault.New(fault.Unavailable, "the stream server did not start on %s", h.dir)
	}
	return srv, nil
}

func splitAddress(listen string) (string, int, error) {
	address, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil {
		return "", 0, fault.New(fault.Invalid, "%q is not host:port: %w", listen, err)
	}
	host, port := address.IP.String(), address.Port
	if address.IP == nil {
		host = "0.0.0.0"
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

func (h *host) current() *server.Server {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.server
}

// InProcessConn implements nats.InProcessConnProvider.
func (h *host) InProcessConn() (net.Conn, error) {
	srv := h.current()
	if srv == nil {
		return nil, fault.New(fault.Unavailable, "the stream server is closed")
	}
	return srv.InProcessConn()
}

// url is where a listening host can be reached.
func (h *host) url() string { return h.current().ClientURL() }

// restart replaces the server. A server whose store met a write error refuses
// for the rest of its life, even when the disk is well again.
func (h *host) restart() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		return fault.New(fault.Unavailable, "the stream server is closed")
	}
	h.server.Shutdown()
	h.server.WaitForShutdown()
	srv, err := h.start()
	if err != nil {
		return err // the old one stays in place, stopped: the next try comes here again
	}
	h.server = srv
	return nil
}

// close stops the server and gives the folder back.
func (h *host) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		return nil
	}
	h.server.Shutdown()
	h.server.WaitForShutdown()
	h.server = nil
	return h.lock.Close()
}

// serverLog passes the server's warnings on. Its notices, of which a start
// makes some twenty, are only for debugging.
type serverLog struct {
	logger *slog.Logger
	failed func()
}

func (l serverLog) Noticef(format string, v ...any) { l.logger.Debug(told(format, v)) }
func (l serverLog) Warnf(format string, v ...any)   { l.logger.Warn(told(format, v)) }
func (l serverLog) Fatalf(format string, v ...any)  { l.logger.Error(told(format, v)) }
func (l serverLog) Debugf(format string, v ...any)  { l.logger.Debug(told(format, v)) }
func (l serverLog) Tracef(string, ...any)           {}

// Errorf also listens for a failed store, which the server tells in its log
// only: whoever published just gets no answer (nats-server 2.15.2,
// server/filestore.go, setWriteErr; the test with a full disk holds it).
func (l serverLog) Errorf(format string, v ...any) {
	text := told(format, v)
	l.logger.Error(text)
	if strings.Contains(text, "Critical write error") {
		l.failed()
	}
}

func told(format string, v []any) string {
	return "nats: " + strings.TrimSpace(fmt.Sprintf(format, v...))
}
