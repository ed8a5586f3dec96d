/* Blocks of malloc's, and who has those that do not come back. */
#ifndef BLOCKS_H
#define BLOCKS_H

/* A block is given, which is what they return, or comes back. NULL is none. */
void *counted(void *memory);
void counted_off(void *memory);

/* Blocks of malloc's, of everyone, that were not freed yet. */
long fault_blocks(void);

/* Remembers from now on who was given which block; fault_show_blocks names those of blocks that did not
 * come back. Slow. */
void fault_watch(void);
void fault_show_blocks(int fd);

#endif
