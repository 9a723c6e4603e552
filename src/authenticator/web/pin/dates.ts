/**
 * Whether the digits could be a date of somebody's life: with a year of two digits at either end, or one of four from 1900 to 2099
 * after or before day and month, in either order, or before or after the month alone.
 */
export function isDate(pin: string): boolean {
  switch (pin.length) {
    case 6:
      return (
        isDayAndMonth(pin.slice(0, 4)) ||
        isDayAndMonth(pin.slice(2)) ||
        (isYear(pin.slice(0, 4)) && isMonth(pin.slice(4))) ||
        (isYear(pin.slice(2)) && isMonth(pin.slice(0, 2)))
      );
    case 7:
      // One of the two without its zero, which nobody leaves out after the year.
      return (
        isYear(pin.slice(3)) &&
        [`0${pin.slice(0, 3)}`, `${pin.slice(0, 2)}0${pin.slice(2, 3)}`].some(isDayAndMonth)
      );
    case 8:
      return (
        (isYear(pin.slice(4)) && isDayAndMonth(pin.slice(0, 4))) ||
        (isYear(pin.slice(0, 4)) && isDayAndMonth(pin.slice(4)))
      );
    default:
      return false;
  }
}

const isYear = (digits: string): boolean => /^(?:19|20)/.test(digits);

const isMonth = (digits: string): boolean => Number(digits) >= 1 && Number(digits) <= 12;

const isDayAndMonth = (digits: string): boolean => {
  const [first, second] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  return isDayOf(first, second) || isDayOf(second, first);
};

/** In a leap year, since the year may be one without its century. */
function isDayOf(day: number, month: number): boolean {
  const length = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return length !== undefined && day >= 1 && day <= length;
}
