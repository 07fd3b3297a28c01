/* SPDX-License-Identifier: MIT */
/* What the compiler's division functions call when the divisor is zero (Run-time ABI for ARM, IHI 0043, 4.3.2). */

int __aeabi_idiv0(int result);
long long __aeabi_ldiv0(long long result);

int __aeabi_idiv0(int result)
{
	(void)result;
	__builtin_trap();
}

long long __aeabi_ldiv0(long long result)
{
	(void)result;
	__builtin_trap();
}
