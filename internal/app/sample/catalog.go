package sample

// Catalog is what Aurora sells, as a file of products.
const Catalog = `handle,name,description,brand,category,option1_name,option1_value,sku,price,sale_price,stock,tracked,weight_g
jogo-lencol-percal,Jogo de lençol percal 300 fios,"Quatro peças em algodão, toque acetinado.",Aurora,Quarto > Cama,Tamanho,Solteiro,LEN-300-S,"189,90",,14,,1200
jogo-lencol-percal,,,,,,Casal,LEN-300-C,"249,90","219,90",9,,1600
jogo-lencol-percal,,,,,,Queen,LEN-300-Q,"289,90",,4,,1900
manta-trico,Manta de tricô,"Feita à mão, 130 x 170 cm.",Aurora,Quarto > Mantas,Cor,Cru,MAN-TRI-CRU,"159,90",,7,,900
manta-trico,,,,,,Terracota,MAN-TRI-TER,"159,90",,0,,900
luminaria-mesa,Luminária de mesa articulada,Braço de aço e lâmpada de LED inclusa.,Lume,Sala > Iluminação,,,LUM-MES-01,"129,00","99,00",11,,1400
vaso-ceramica,Vaso de cerâmica,Esmaltado à mão; cada peça é única.,Barro Vivo,Sala > Decoração,Tamanho,Pequeno,VAS-CER-P,"59,90",,20,,800
vaso-ceramica,,,,,,Grande,VAS-CER-G,"119,90",,6,,2300
jogo-panelas,Jogo de panelas antiaderentes,Cinco peças com tampas de vidro.,Brasa,Cozinha,,,PAN-ANT-5,"399,90",,3,,5200
canecas-esmaltadas,Canecas esmaltadas,Conjunto com quatro.,Barro Vivo,Cozinha,,,CAN-ESM-4,"89,90",,15,,1100
capacho-personalizado,Capacho com o seu nome,Feito por encomenda em cinco dias úteis.,Aurora,Entrada,,,CAP-PERS,"74,90",,,false,1500
`
