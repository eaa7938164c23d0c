// What the shop sells, and what is on its shelves and in its customers' accounts when it opens for the first time.

export interface Article {
  readonly sku: string
  readonly title: string
  readonly priceCents: number
}

export const catalogue: readonly Article[] = [
  { sku: 'teapot', title: 'Teapot, cast iron', priceCents: 6_400 },
  { sku: 'cup', title: 'Cup without a handle', priceCents: 900 },
  { sku: 'kettle', title: 'Kettle, 1.2 litres', priceCents: 4_900 },
  { sku: 'strainer', title: 'Strainer, bamboo', priceCents: 700 },
  { sku: 'sencha', title: 'Sencha, 100 g', priceCents: 1_250 },
  { sku: 'oolong', title: 'Oolong, 100 g', priceCents: 1_890 },
  { sku: 'assam', title: 'Assam, 250 g', priceCents: 1_450 },
  { sku: 'darjeeling', title: 'Darjeeling, first flush, 100 g', priceCents: 2_150 },
  { sku: 'gunpowder', title: 'Gunpowder, 250 g', priceCents: 1_100 },
  { sku: 'matcha', title: 'Matcha, 30 g', priceCents: 2_900 },
  { sku: 'rooibos', title: 'Rooibos, 250 g', priceCents: 950 },
  { sku: 'honey', title: 'Honey, lime blossom', priceCents: 850 },
  { sku: 'candy', title: 'Rock candy, 500 g', priceCents: 450 },
  { sku: 'tray', title: 'Tray, cherry wood', priceCents: 3_400 },
  { sku: 'tin', title: 'Tin, 150 g', priceCents: 600 },
  { sku: 'whisk', title: 'Whisk, bamboo', priceCents: 1_600 },
]

export const findArticle = (sku: string): Article | undefined => catalogue.find((article) => article.sku === sku)

/** Pieces by sku. */
export type OpeningStock = Readonly<Record<string, number>>

/** Cents by customer. */
export type OpeningAccounts = Readonly<Record<string, number>>

export const openingStock: OpeningStock = Object.fromEntries(catalogue.map((article) => [article.sku, 50]))

export const openingAccounts: OpeningAccounts = { ada: 100_000, ben: 50_000, cleo: 10_000, dan: 500 }

/** The issuer declines every card whose number ends like this; any other card is as good as its account. */
export const declinedCardEnding = '0002'
