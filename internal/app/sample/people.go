package sample

// Company is the sample company.
type Company struct {
	Name     string
	Slug     string
	Timezone string
}

// Person is one who works there.
type Person struct {
	Name  string
	Email string
	Role  string // admin | supervisor | attendant
}

// Aurora is the company of the demo: a shop for the home.
func Aurora() Company {
	return Company{Name: "Casa Aurora", Slug: "casa-aurora", Timezone: "America/Sao_Paulo"}
}

// Team is who works at Aurora. The first of each role is whom the demo's
// one-click sign-in becomes.
func Team() []Person {
	return []Person{
		{"Helena Prado", "helena@casa-aurora.example", "admin"},
		{"Marcos Teles", "marcos@casa-aurora.example", "supervisor"},
		{"Bianca Rocha", "bianca@casa-aurora.example", "attendant"},
		{"Diego Amaral", "diego@casa-aurora.example", "attendant"},
		{"Luana Freitas", "luana@casa-aurora.example", "attendant"},
	}
}

// Reader is who reads the platform's costs in the demo, and works at no company.
func Reader() Person { return Person{"Otávio Serpa", "otavio@prosa.example", "cost"} }

// Phone is a simulated telephone of the demo.
type Phone struct {
	Name     string
	Number   string // E.164 without the plus
	Username string // on Telegram
}

// Phones are the customers whose telephones the demo shows.
func Phones() []Phone {
	return []Phone{
		{"Camila Nogueira", "5511987650101", "camila.nogueira"},
		{"Rafael Antunes", "5521987650202", "rafa.antunes"},
		{"Dona Zélia", "553198760303", "zelia_mg"},
		{"Thiago Lobo", "5547987650404", "thiagolobo"},
	}
}

func firstNames() []string {
	return []string{
		"Adriana", "Aline", "Amanda", "André", "Antônio", "Bárbara", "Beatriz", "Bruno", "Caio", "Carla", "Cecília", "Cláudia", "Daniel",
		"Débora", "Eduardo", "Elisa", "Fábio", "Fernanda", "Flávia", "Gabriel", "Giovana", "Gustavo", "Heitor", "Igor", "Isabela", "Joana",
		"João", "José", "Juliana", "Júlio", "Larissa", "Leandro", "Letícia", "Lívia", "Lucas", "Luíza", "Marcela", "Márcio", "Mariana",
		"Maurício", "Natália", "Otávio", "Patrícia", "Paulo", "Pedro", "Priscila", "Renata", "Ricardo", "Rodrigo", "Sabrina", "Sérgio",
		"Simone", "Sônia", "Tatiana", "Valéria", "Vinícius", "Vitória", "Wesley", "Yasmin", "Zeca",
	}
}

func lastNames() []string {
	return []string{
		"Almeida", "Araújo", "Barbosa", "Barros", "Batista", "Borges", "Brandão", "Campos", "Cardoso", "Carvalho", "Castro", "Costa",
		"Cunha", "Dias", "Duarte", "Esteves", "Farias", "Ferraz", "Figueiredo", "Gomes", "Guimarães", "Lacerda", "Lima", "Lopes",
		"Macedo", "Machado", "Martins", "Medeiros", "Melo", "Mendes", "Moraes", "Moreira", "Moura", "Nascimento", "Neves", "Nunes",
		"Oliveira", "Pacheco", "Peixoto", "Pereira", "Pinto", "Queiroz", "Ramos", "Reis", "Ribeiro", "Rocha", "Sales", "Santana",
		"Santos", "Siqueira", "Soares", "Souza", "Tavares", "Teixeira", "Vargas", "Vasconcelos", "Vieira", "Xavier",
	}
}
