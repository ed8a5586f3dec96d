#!/bin/sed -f
# Comments of the header as doxygen reads them: one at the end of a line is of what stands before it.
# What stands before the first declaration is a text of its own, to be shown as it is.
1s|.*|/** @file\n * @verbatim|
1,/^#ifndef/ {
  s|^ \*/|@endverbatim */|
  t
  s|^ \* \{0,1\}||
  b
}
s|^\( *[^ /].*[;,{] *\)/\* |\1/**< |
s|^\( *[^ /].*[^ ] \+\)/\* |\1/**< |
s|^\( *\)/\* |\1/** |
s|^/\*\* ---- \(.*\) -* \*/|/* \1 */|
