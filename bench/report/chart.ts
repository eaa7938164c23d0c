// A line chart as SVG: the number in flight to the right, each step as wide as a doubling; values upwards, by tens. Pure.

export interface Series {
  readonly title: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface Chart {
  readonly title: string
  readonly xTitle: string
  readonly series: readonly Series[]
}

/** Told apart also by people who see no red or no green (Okabe and Ito). */
const colours = ['#000000', '#0072b2', '#56b4e9', '#009e73', '#d55e00', '#cc79a7', '#e69f00']

const width = 760
const height = 420
const plot = { left: 64, right: 540, top: 44, bottom: 368 } as const

export function chartSvg({ title, xTitle, series }: Chart): string {
  const all = series.flatMap(({ points }) => points)
  const xs = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b)
  const x = scale(Math.log2, [Math.min(...xs), Math.max(...xs)], [plot.left + 12, plot.right - 12])
  const tens = decades(all.map(({ y }) => y))
  const y = scale(Math.log10, [tens[0] ?? 1, tens.at(-1) ?? 10], [plot.bottom, plot.top])
  const lines = tens.map((value) => {
    const at = y(value)
    const line = `<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" stroke="#ddd"/>`
    return line + text(plot.left - 8, at + 4, value.toLocaleString('en-US'), 'end')
  })
  const marks = xs.map((value) => text(x(value), plot.bottom + 20, value.toLocaleString('en-US'), 'middle'))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(plot.left, 24, title, 'start', 'font-weight="bold" font-size="14"'),
    ...lines,
    ...marks,
    text((plot.left + plot.right) / 2, plot.bottom + 42, xTitle, 'middle'),
    ...series.map((one, index) => drawn(one, index, x, y)),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

function scale(by: Scale, [from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const range = by(to) - by(from) || 1
  return (value) => round(start + ((by(value) - by(from)) / range) * (end - start))
}

/** Powers of ten around the values; at least two. */
function decades(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))))
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
}

function drawn({ title, points }: Series, index: number, x: Scale, y: Scale): string {
  const colour = colours[index % colours.length] ?? '#000000'
  const shown = points.filter((point) => point.y > 0)
  const path = shown.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')
  const dots = shown.map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="${colour}"/>`)
  const row = plot.top + 12 + index * 20
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    `<rect x="${plot.right + 16}" y="${row - 9}" width="12" height="12" fill="${colour}"/>`,
    text(plot.right + 34, row + 1, title, 'start'),
  ].join('')
}

const text = (x: number, y: number, content: string, anchor: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${more === '' ? '' : ` ${more}`}>${escaped(content)}</text>`

const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
