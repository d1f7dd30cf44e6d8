/* SPDX-License-Identifier: ISC */
/* Messages of libevent go to our log. */
#ifndef SROAMD_LIBEVENT_H
#define SROAMD_LIBEVENT_H

void	libevent_init(void);
#endif
