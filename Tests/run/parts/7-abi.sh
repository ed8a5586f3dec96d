# part: abi
# minutes: 2
# needs: Tests/ABI/first_contact.c
. Tests/run/common.sh

Tests/run/released.sh
