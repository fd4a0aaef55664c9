package stripe

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	f, refused := parseForm("a=1&b[c]=x+y&b[d]=%C3%A7&l[0]=p&l[1]=q&m[]=r&m[]=s&items[0][price][x]=1&items[2][id]=i&flag=true")
	if refused != nil {
		t.Fatal(refused)
	}
	if f.number("a") != 1 || f.text("b[c]") != "x y" || !f.flag("flag") || !slices.Equal(f.list("l"), []string{"p", "q"}) || !slices.Equal(f.list("m"), []string{"r", "s"}) || f.count("items") != 3 {
		t.Errorf("read as %+v", f.values)
	}
	if got := f.pairs("b"); got["c"] != "x y" || got["d"] != "ç" || len(got) != 2 {
		t.Errorf("pairs %v", got)
	}
	if refused := f.done(); refused == nil || refused.param != "items[0][price][x]" || refused.code != "parameter_unknown" {
		t.Errorf("unknown is %+v", refused)
	}
	for _, text := range []string{"a]=1", "a[=1", "a[b=1", "a[b]c=1", "[a]=1", "=1", "a[b][c][d][e][f][g][h][i][j]=1", "a=%zz", "a=%ff", "a=%00", "a[b]]=1", strings.Repeat("a=1&", formMost+1)} {
		if _, refused := parseForm(text); refused == nil || refused.status != 400 {
			t.Errorf("%.40q passes", text)
		}
	}
	for name, take := range map[string]func(*form){
		"n": func(f *form) { f.number("n") }, "flag": func(f *form) { f.flag("flag") }, "one": func(f *form) { f.one("one", "a", "b") }, "need": func(f *form) { f.need("need") },
	} {
		f, _ := parseForm(url.Values{"n": {"1.5"}, "flag": {"yes"}, "one": {"c"}}.Encode())
		if take(f); f.problem == nil || f.problem.param != name {
			t.Errorf("%s: %+v", name, f.problem)
		}
	}
}

// FuzzForm: whatever comes, it is read or refused; what is read comes out as the
// standard library reads it, and what nobody takes is unknown.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b[c]=2", "l[]=1&l[]=2&l[0]=3", "items[0][id]=x&items[999999999999][id]=y", "%5B=&a[%5d]=1", "a[b][c]=&&&=", "a[\x00]=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, refused := parseForm(text)
		if refused != nil {
			return
		}
		want, err := url.ParseQuery(strings.ReplaceAll(text, ";", "%3B"))
		if err != nil {
			t.Fatalf("read, and the library says %v", err)
		}
		for name, values := range want {
			if strings.HasSuffix(name, "[]") {
				continue
			}
			if !slices.Contains(values, got.values[name]) && !strings.Contains(text, "[]") {
				t.Fatalf("%q is %q, the library says %q", name, got.values[name], values)
			}
		}
		if n := got.count("items"); n < 0 || n > formMost {
			t.Fatalf("counts %d", n)
		}
		for name := range got.values {
			got.list(name)
		}
		got.taken = map[string]bool{}
		if refused := got.done(); (refused == nil) != (len(got.values) == 0) {
			t.Fatalf("of %d parameters nobody took: %v", len(got.values), refused)
		}
	})
}
