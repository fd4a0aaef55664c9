package maildrop

// Config says where mails are laid down.
type Config struct {
	Dir string `env:"PROSA_MAIL_DIR" default:"data/mail" doc:"Folder of PROSA_MAIL_SENDER=folder; each mail is a file."`
}
