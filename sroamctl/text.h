/* SPDX-License-Identifier: ISC */
/* Values as text for people. */
#ifndef SROAMCTL_TEXT_H
#define SROAMCTL_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* A duration as 350ms, 12s, 29m58s, 2h05m or 3d04h. */
const char	*text_duration(uint64_t ms, char *text, size_t size);
/* A number of octets: 9999, 98K, 12M. */
void		 text_octets(uint64_t, char *text, size_t size);
/* Names from the network must not control the terminal. */
void		 text_printable(char *);
#endif
