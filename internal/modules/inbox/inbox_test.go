package inbox

import (
	"context"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/media"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func open(t *testing.T, db *database.DB, cfg Config) (*Service, blob.Store) {
	t.Helper()
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return New(cfg, db, blobs, media.NewLooker(media.Default())), blobs
}

func TestADraftIsOfOnePersonAndOneConversation(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, _ := open(t, db, Default())
		ctx := context.Background()
		save := func(tenant, user, conversation, text string) {
			t.Helper()
			if _, err := s.SaveDraft(ctx, tenant, user, conversation, text); err != nil {
				t.Fatal(err)
			}
		}
		save("ten_a", "usr_1", "cnv_1", "Olá")
		save("ten_a", "usr_1", "cnv_1", "Olá, tudo bem?")
		save("ten_a", "usr_2", "cnv_1", "outro")
		save("ten_b", "usr_1", "cnv_1", "de outra empresa")
		if draft, err := s.Draft(ctx, "ten_a", "usr_1", "cnv_1"); err != nil || draft.Text != "Olá, tudo bem?" || draft.UpdatedMS == 0 {
			t.Fatal(draft, err)
		}
		if draft, err := s.Draft(ctx, "ten_a", "usr_1", "cnv_2"); err != nil || draft != (Draft{}) {
			t.Fatal(draft, err)
		}
		save("ten_a", "usr_1", "cnv_1", "")
		if draft, err := s.Draft(ctx, "ten_a", "usr_1", "cnv_1"); err != nil || draft.Text != "" {
			t.Fatal(draft, err)
		}
		if draft, err := s.Draft(ctx, "ten_a", "usr_2", "cnv_1"); err != nil || draft.Text != "outro" {
			t.Fatal("another's draft went too", draft, err)
		}
	})
}

func TestDraftsAreBoundedText(t *testing.T) {
	s, _ := open(t, databasetest.Open(t), Default())
	if _, err := s.SaveDraft(context.Background(), "ten_a", "usr_1", "cnv_1", strings.Repeat("a", DraftMax+1)); !fault.Is(err, fault.TooLarge) {
		t.Fatal(err)
	}
	for _, bad := range []string{"a\x00b", "\xff"} {
		if _, err := s.SaveDraft(context.Background(), "ten_a", "usr_1", "cnv_1", bad); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
}

func TestAnUploadIsReadBackByItsOwnerOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, blobs := open(t, db, Default())
		ctx, content := context.Background(), "\x89PNG\r\n\x1a\n"+strings.Repeat("x", 2000)
		upload, err := s.Upload(ctx, "ten_a", "usr_1", File{Name: `C:\Fotos\bolo.png`, Claimed: "text/html", Content: strings.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
		if upload.Kind != message.Image || upload.MIME != "image/png" || upload.Name != "bolo.png" || upload.Size != int64(len(content)) {
			t.Fatalf("kept %+v", upload)
		}
		got, err := s.Uploaded(ctx, "ten_a", "usr_1", upload.ID)
		if err != nil || got != upload {
			t.Fatal(got, err)
		}
		sent := got.Media(true)
		if sent.Voice || sent.State != "ready" || sent.Blob == "" {
			t.Fatalf("as media %+v", sent)
		}
		file, size, err := blobs.Open(ctx, "ten_a", sent.Blob)
		if err != nil || size != int64(len(content)) {
			t.Fatal(size, err)
		}
		defer file.Close()
		if all, err := io.ReadAll(file); err != nil || string(all) != content {
			t.Fatal("the bytes changed", err)
		}
		for _, who := range [][2]string{{"ten_a", "usr_2"}, {"ten_b", "usr_1"}} {
			if _, err := s.Uploaded(ctx, who[0], who[1], upload.ID); !fault.Is(err, fault.NotFound) {
				t.Fatalf("%v sees it: %v", who, err)
			}
		}
	})
}

func TestFilesAreBounded(t *testing.T) {
	s, _ := open(t, databasetest.Open(t), Config{UploadMax: 600})
	ctx := context.Background()
	if _, err := s.Upload(ctx, "ten_a", "usr_1", File{Name: "a", Content: strings.NewReader(strings.Repeat("a", 601))}); !fault.Is(err, fault.TooLarge) {
		t.Fatal(err)
	}
	if _, err := s.Upload(ctx, "ten_a", "usr_1", File{Name: "a", Content: strings.NewReader("")}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if _, err := s.Upload(ctx, "ten_a", "usr_1", File{Name: "a", Content: strings.NewReader(strings.Repeat("a", 600))}); err != nil {
		t.Fatal(err)
	}
}

func TestNamesAreSafe(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd", `..\..\a.exe`: "a.exe", "": "file", "..": "file", "a\r\nSet-Cookie: x": "aSet-Cookie x",
		"foto\u202egnp.exe": "fotognp.exe", "relatório final.pdf": "relatório final.pdf",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := cleanName(rapid.String().Draw(t, "name"))
		if name == "" || strings.ContainsAny(name, "/\\\"\r\n\x00") || len([]rune(name)) > 120 || cleanName(name) != name {
			t.Fatalf("%q", name)
		}
	})
}
