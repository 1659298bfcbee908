#include "shapes.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bitmatmul::bench {
namespace {

bool IsWanted(const Shape& shape, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (shape.Describe().find(text) != std::string::npos) return true;
  }
  return texts.empty();
}

}  // namespace

std::string Shape::Describe() const { return name + " [" + std::to_string(n) + "x" + std::to_string(k) + "]"; }

std::vector<Shape> ReadShapes(const std::string& file, const std::vector<std::string>& texts) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file + ": cannot be read");
  std::vector<Shape> shapes;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    Shape shape;
    std::istringstream fields(line);
    char comma = '\0';
    std::getline(fields, shape.name, ',');
    if (!(fields >> shape.n >> comma >> shape.k) || comma != ',' || shape.n < 1 || shape.k < 1) {
      throw std::runtime_error(file + ":" + std::to_string(number) + ": found '" + line + "', wanted name,N,K");
    }
    if (IsWanted(shape, texts)) shapes.push_back(shape);
  }
  if (shapes.empty()) throw std::runtime_error(file + ": found no shape of that name");
  return shapes;
}

}  // namespace bitmatmul::bench
