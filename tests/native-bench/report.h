// Tables, for people (Markdown) or for programs (CSV).
#pragma once

#include <string>
#include <vector>

namespace bitmatmul::bench {

class Table {
 public:
  // Prints the header. Rows appear as they come: a run takes long.
  Table(bool csv, const std::vector<std::string>& header);
  void Row(const std::vector<std::string>& cells) const;

 private:
  void Line(const std::vector<std::string>& cells) const;
  bool csv_;
};

// A number with so many digits after the point.
std::string Number(double value, int digits);
// A fraction of a limit, or "" where there is none.
std::string Fraction(double value, double limit);

// Machine, flags, compiler, load and time, as Markdown.
void PrintMachine();

}  // namespace bitmatmul::bench
