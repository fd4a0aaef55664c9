/** What a chart shows, for who can't see it. */
export function ChartTable({ title, corner, heads, rows }: { title: string; corner: string; heads: string[]; rows: { key: string; head: string; cells: string[] }[] }) {
  return (
    <div className="p-sr">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.head}</th>
              {row.cells.map((cell, i) => (
                <td key={heads[i]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
