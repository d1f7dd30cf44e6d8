/* SPDX-License-Identifier: ISC */
/*
 * Common mistakes about peers: a line in the log for each, at start and after
 * a reload.  (For links, kernel/check.c does it.)
 */
#ifndef SROAMD_ADVICE_H
#define SROAMD_ADVICE_H

#include "conf/conf.h"

void	advice_give(const struct conf *);
#endif
