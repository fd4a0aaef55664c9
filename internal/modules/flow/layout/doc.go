// Package layout is where the nodes of a flow stand on the canvas, and the notes
// beside them. It is kept apart from the flow, so that moving a box is no change
// of the bot.
//
// Parse bounds and checks what an editor sends; a place for a node that the flow
// has not is kept, since undo may bring the node back. Arrange places nodes that
// have none: in columns by their distance from the start.
package layout
