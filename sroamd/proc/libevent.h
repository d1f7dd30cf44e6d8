/* SPDX-License-Identifier: ISC */
/* What libevent itself has to say goes to our log. */
#ifndef SROAMD_LIBEVENT_H
#define SROAMD_LIBEVENT_H

void	libevent_init(void);
#endif
