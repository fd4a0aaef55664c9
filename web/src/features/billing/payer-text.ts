/** A payer's field as people write it: "11.222.333/0001-81", "(11) 98765-4321". What has another shape stays as it was. */
export function payerText(field: string, value: string): string {
  const plain = value.replace(/[.\-/()\s]/g, "");
  switch (field) {
    case "tax_id":
      if (!/^(\d{11}|[0-9A-Z]{12}\d{2})$/.test(plain)) return value;
      return plain.length === 11 ? plain.replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, "$1.$2.$3-$4") : plain.replace(/^(\w{2})(\w{3})(\w{3})(\w{4})(\d{2})$/, "$1.$2.$3/$4-$5");
    case "zip":
      return /^\d{8}$/.test(plain) ? `${plain.slice(0, 5)}-${plain.slice(5)}` : value;
    case "phone":
      return /^\+?55\d{10,11}$/.test(plain) ? plain.replace(/^\+?55(\d{2})(\d{4,5})(\d{4})$/, "($1) $2-$3") : value;
    default:
      return value;
  }
}
