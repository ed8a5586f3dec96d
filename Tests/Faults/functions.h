/* Where calls come from. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

/* Reads which functions of the library may see malloc fail: lines of an address and a size, in
 * hexadecimal, as nm gives them. Returns how many. */
int fault_functions(const char *path);

/* Whether malloc may fail for a caller. */
int allocates(void *caller);

/* Whether a caller is in the library. */
int is_library(void *caller);

#endif
