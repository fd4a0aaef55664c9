package whatsapp

import "testing"

func TestConfigValidate(t *testing.T) {
	good := testConfig("https://graph.facebook.com")
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	if bases := good.Bases(); len(bases) != 1 || bases[0] != good.BaseURL || good.Limits().Timeout < good.UploadTimeout || good.Limits().Redirects >= 0 {
		t.Errorf("the client's bounds: %v, %+v", bases, good.Limits())
	}
	for name, change := range map[string]func(*Config){
		"no host":       func(c *Config) { c.BaseURL = "graph" },
		"version":       func(c *Config) { c.Version = "" },
		"timeout":       func(c *Config) { c.Timeout = 0 },
		"media url":     func(c *Config) { c.MediaHosts = []string{"https://fbcdn.net"} },
		"media anybody": func(c *Config) { c.MediaHosts = []string{"net"} },
		"media empty":   func(c *Config) { c.MediaHosts = []string{""} },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s passed", name)
		}
	}
}
