#include "options.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace bitmatmul::bench {
namespace {

int64_t ParseInteger(const std::string& name, const std::string& text, int64_t least) {
  char* end = nullptr;
  const long long value = strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < least) {
    throw std::runtime_error("--" + name + ": found " + text + ", wanted a number from " + std::to_string(least));
  }
  return value;
}

}  // namespace

Options::Options(int argc, char** argv, std::map<std::string, std::string> defaults) : values_(std::move(defaults)) {
  for (int i = 0; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") {
      printf("options and their defaults:\n");
      for (const auto& value : values_) printf("  --%s %s\n", value.first.c_str(), value.second.c_str());
      exit(0);
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.rfind("--", 0) == 0 ? argument.substr(2, equals - 2) : "";
    if (values_.count(name) == 0) {
      std::string known;
      for (const auto& value : values_) known += " --" + value.first;
      throw std::runtime_error("found " + argument + ", wanted one of" + known);
    }
    if (equals == std::string::npos && i + 1 == argc) throw std::runtime_error(argument + ": found no value");
    values_[name] = equals == std::string::npos ? argv[++i] : argument.substr(equals + 1);
  }
}

bool Options::Flag(const std::string& name) const {
  if (Text(name) == "true") return true;
  if (Text(name) == "false") return false;
  throw std::runtime_error("--" + name + ": found " + Text(name) + ", wanted true or false");
}

int64_t Options::Integer(const std::string& name, int64_t least) const { return ParseInteger(name, Text(name), least); }

std::vector<std::string> Options::List(const std::string& name) const {
  std::vector<std::string> items;
  std::istringstream text(Text(name));
  for (std::string item; std::getline(text, item, ',');) items.push_back(item);
  return items;
}

std::vector<int64_t> Options::Integers(const std::string& name, int64_t least) const {
  std::vector<int64_t> values;
  for (const std::string& item : List(name)) values.push_back(ParseInteger(name, item, least));
  return values;
}

}  // namespace bitmatmul::bench
