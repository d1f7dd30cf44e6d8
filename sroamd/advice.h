/* SPDX-License-Identifier: ISC */
/*
 * What an operator forgets: one clear line in the log for each thing that
 * will keep stations from being served, at start and after a reload.
 */
#ifndef SROAMD_ADVICE_H
#define SROAMD_ADVICE_H

#include "conf.h"

/* After the addresses of the configuration have been set. */
void	advice_give(const struct conf *);
#endif
