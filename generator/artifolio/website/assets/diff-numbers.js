// Numbers that changed: how far, to the same digit as the build and the command say it.
(() => {
  "use strict";

  const DIGITS = 12;
  const TOTAL_DIGITS = 15;
  const FEW_DIGITS = 4;
  const EXACT_DIGITS = 700;
  const TOO_LARGE = 10n ** 4300n;
  const LONG = 10n ** 24n;
  const EXACT_LIMIT = 10n ** BigInt(EXACT_DIGITS);

  const absolute = (integer) => (integer < 0n ? -integer : integer);
  const powers = [];
  const power = (exponent) => (powers[exponent] ??= 10n ** BigInt(exponent));

  // A decimal number is digits * 10 ** exponent; of zero the sign is kept as well.
  function asWritten(number) {
    if (typeof number === "bigint") return { digits: number, exponent: 0, isMinusZero: false };
    const [digits, exponent] = number.toExponential().split("e");
    const fraction = digits.split(".")[1] || "";
    return {
      digits: BigInt(digits.replace(".", "")),
      exponent: Number(exponent) - fraction.length,
      isMinusZero: Object.is(number, -0),
    };
  }

  // The number itself, not the shortest one that is read as it.
  function exactly(number) {
    let exponent = 0;
    let scaled = number;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      exponent += 1;
    }
    // A half is five tenths.
    return { digits: BigInt(scaled) * 5n ** BigInt(exponent), exponent: -exponent, isMinusZero: Object.is(number, -0) };
  }

  function add(one, other) {
    const exponent = Math.min(one.exponent, other.exponent);
    const digits = one.digits * power(one.exponent - exponent) + other.digits * power(other.exponent - exponent);
    const sum = { digits, exponent, isMinusZero: one.isMinusZero && other.isMinusZero };
    return absolute(digits) < EXACT_LIMIT ? sum : rounded(sum, EXACT_DIGITS);
  }

  // Rounds to so many digits, halves to even.
  function rounded(decimal, digits) {
    const size = absolute(decimal.digits);
    const surplus = String(size).length - digits;
    if (surplus <= 0) return decimal;
    const unit = power(surplus);
    const rest = 2n * (size % unit);
    let kept = size / unit;
    if (rest > unit || (rest === unit && kept % 2n === 1n)) kept += 1n;
    return { ...decimal, digits: decimal.digits < 0n ? -kept : kept, exponent: decimal.exponent + surplus };
  }

  function sum(numbers, digits) {
    if (numbers.every((number) => typeof number === "bigint")) {
      const found = numbers.reduce((one, other) => one + other, 0n);
      return absolute(found) < TOO_LARGE ? found : null;
    }
    const found = rounded(numbers.map(asWritten).reduce(add), digits);
    if (found.isMinusZero) return -0;
    const number = Number(`${found.digits}e${found.exponent}`);
    return Number.isFinite(number) ? number : null;
  }

  const isNumber = (value) => typeof value === "bigint" || typeof value === "number";

  // The new number minus the old one; null where either is none, or it is too large.
  const difference = (old, now) => (isNumber(old) && isNumber(now) ? sum([now, -old], DIGITS) : null);

  // The sum of what is not null; null if not all of it are numbers, or it is too large.
  function total(values) {
    const found = values.filter((value) => value !== null);
    // Nothing was added: it is the number as it stands there, to its last digit.
    if (found.length === 1 && typeof found[0] === "number") return found[0];
    return found.every(isNumber) ? sum(found, TOTAL_DIGITS) : null;
  }

  const grouped = (digits) => String(digits).replace(/\B(?=(\d{3})+$)/g, ",");

  // A number as a change: +12,040, -0.5.
  function signed(number, limit = DIGITS) {
    const isMinus = number < 0 || Object.is(number, -0);
    const sign = isMinus ? "-" : "+";
    if (typeof number === "bigint" && absolute(number) < LONG) return sign + grouped(absolute(number));
    const decimal = rounded(typeof number === "bigint" ? asWritten(number) : exactly(number), limit);
    if (decimal.digits === 0n) return `${sign}0`;
    const all = String(absolute(decimal.digits));
    const exponent = all.length - 1 + decimal.exponent;
    const digits = all.replace(/0+$/, "");
    if (typeof number === "bigint" || exponent < -4 || exponent >= limit) {
      const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
      const power = String(Math.abs(exponent)).padStart(2, "0");
      return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
    }
    const padded = "0".repeat(Math.max(0, -exponent)) + digits.padEnd(exponent + 1, "0");
    const place = Math.max(0, exponent) + 1;
    const fraction = padded.slice(place);
    return `${sign}${grouped(padded.slice(0, place))}${fraction && "."}${fraction}`;
  }

  // In as many digits as are read at a glance; those before the point stay, and one behind it.
  function briefly(number) {
    if (typeof number === "bigint") return signed(number);
    const exponent = Number(number.toExponential().split("e")[1]);
    return signed(number, Math.min(Math.max(FEW_DIGITS, exponent + 2), DIGITS));
  }

  Object.assign(window.artifolio, { briefly, difference, total, signed, grouped });
})();
