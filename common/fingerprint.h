/* SPDX-License-Identifier: ISC */
/* How a router's public key is shown: a hash as text. */
#ifndef COMMON_FINGERPRINT_H
#define COMMON_FINGERPRINT_H

#include <stdint.h>

#define FINGERPRINT_TEXT	51	/* "SHA256:", 43 characters, NUL */

/* Base64 without padding (RFC 4648 4) of 32 octets. */
void	fingerprint_text(char text[FINGERPRINT_TEXT], const uint8_t hash[32]);
#endif
