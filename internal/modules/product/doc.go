// Package product owns what a company sells: products with their variants, the
// shelves they stand on, their pictures, and the stock.
//
// Invariants:
//
//   - What is sold is a variant. Its stock is two numbers, on hand and reserved,
//     with 0 <= reserved <= on hand, kept by conditional updates and by CHECKs
//     of the database behind them.
//   - The ledger (stock_movement) is only added to. For every variant the sums
//     of its movements are the two numbers, and the sum of the holds is the
//     reserved one; one cause moves a variant once.
//   - Rows of stock are taken in the order of their variants' ids, by everybody,
//     so that two orders never wait for each other.
//   - A variant that is not tracked is made to order: nothing is held and nothing
//     runs out.
//   - A product is archived, never deleted, since orders name its variants.
//
// Events out: product.updated, stock.updated. Events in: none; order calls Hold,
// Release, Sell and Restock in its own transactions.
package product
